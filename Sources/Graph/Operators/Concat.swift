/// Its inputs one behind the other along one axis.
public struct Concat: Operator {
  public static let type: OperatorType = "Concat"

  public let axis: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    if let axis = try node.int("axis") {
      self.axis = axis
    } else if opset < 4 {
      axis = 1
    } else {
      throw node.invalid("axis", "is missing")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let first = try inputs.required(0)
    var output = Facts(dtype: first.dtype)
    var total: Dim = 0
    var elements: [Dim]? = []
    for index in inputs.indices {
      let input = try inputs.required(index)
      try input.require(dtypeOf: output, "input \(index)")
      output.dtype = output.dtype ?? input.dtype
      elements =
        if let known = elements, known.count <= largestList, let more = input.sizeElements {
          known + more
        } else { nil }
      guard let dims = input.dims else {
        // Its length is not known, the others' still are.
        total = .unknown
        elements = nil
        continue
      }
      let axis = try axis.axis(ofRank: dims.count)
      total = index == 0 ? dims[axis] : total == .unknown ? total : total + dims[axis]
      guard let known = output.dims else {
        output.dims = dims
        continue
      }
      guard known.count == dims.count else {
        throw Mismatch("input \(index) has rank \(dims.count) instead of \(known.count)")
      }
      for other in known.indices where other != axis {
        if known[other].contradicts(dims[other]) {
          throw Mismatch("input \(index) (\(dims.text)) does not fit \(known.text) beside axis \(axis)")
        }
        output.dims?[other] = known[other].merged(with: dims[other])
      }
    }
    if let rank = output.rank {
      output.dims?[try axis.axis(ofRank: rank)] = total
      if rank == 1 { output = output.with(elements: elements) }
    }
    return [output]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let axis = try? axis.axis(ofRank: rank) else { return [] }
    var links: [AxisLink] = []
    var offset: Dim = 0
    for index in inputs.indices {
      links += AxisLink.identity(input: index, rank: rank).filter { $0.from.axis != axis }
      if let offset = offset.value { links.append(.from(index, axis, to: axis, offset: offset)) }
      offset = offset.value == nil ? .unknown : offset + (inputs[index]?.dims?[axis] ?? .unknown)
    }
    return links
  }
}
