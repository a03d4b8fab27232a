import Tensor

/// Its input in parts along one axis.
public struct Split: Operator {
  public static let type: OperatorType = "Split"

  public enum Sizes: Hashable, Sendable {
    /// An attribute, before opset 13.
    case attribute([Int])
    /// Input 1.
    case input
    /// So many equal parts.
    case equal(Int)
    /// So many parts, the last of which may be smaller: the attribute `num_outputs`.
    case atMost(Int)
  }

  public let axis: Int
  public let sizes: Sizes
  /// Number of outputs of the node.
  public let count: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: 0)
    count = node.outputs.count
    if opset >= 13 {
      let number = opset >= 18 ? try node.int("num_outputs") : nil
      if node.input(1) != nil {
        if number != nil { throw node.invalid("num_outputs", "is given beside the sizes of the parts") }
        sizes = .input
      } else if let number {
        guard number == node.outputs.count else {
          throw node.invalid("num_outputs", "is \(number), but the node has \(node.outputs.count) outputs")
        }
        sizes = .atMost(number)
      } else {
        sizes = .equal(node.outputs.count)
      }
    } else if let list = try node.ints("split") {
      sizes = .attribute(list)
    } else {
      sizes = node.input(1) == nil ? .equal(node.outputs.count) : .input
    }
  }

  /// Sizes of the parts of an axis of size `dim`.
  ///
  /// - Throws: `Mismatch` where they are not those of the axis.
  public func parts(of dim: Dim, _ inputs: [Facts?]) throws(Mismatch) -> [Dim] {
    let given: [Int]
    switch sizes {
    case .equal(let count), .atMost(let count):
      guard count > 0 else { throw Mismatch("has no outputs") }
      guard let size = dim.value else {
        return [Dim](repeating: dim / Dim(count) ?? .unknown, count: count)
      }
      guard !size.isMultiple(of: count) else { return [Dim](repeating: Dim(size / count), count: count) }
      let part = size / count + 1
      let last = size - part * (count - 1)
      guard case .atMost = sizes, last >= 0 else {
        throw Mismatch("axis of size \(size) cannot be split into \(count) equal parts")
      }
      return [Dim](repeating: Dim(part), count: count - 1) + [Dim(last)]
    case .attribute(let list): given = list
    case .input:
      let facts = try inputs.required(1)
      try facts.require(rank: 1, "'split'")
      try facts.require(dtypeIn: [.int64, .int32], "'split'")
      guard let list = facts.integers else {
        return facts.sizeElements.flatMap { $0.count == count ? $0 : nil }
          ?? [Dim](repeating: .unknown, count: count)
      }
      given = list
    }
    guard given.count == count else {
      throw Mismatch("'split' has \(given.count) sizes for \(count) outputs")
    }
    var total = 0
    for size in given {
      let (sum, overflow) = total.addingReportingOverflow(size)
      guard size >= 0, !overflow else { throw Mismatch("'split' has a size of \(size)") }
      total = sum
    }
    if let size = dim.value, total != size {
      throw Mismatch("'split' adds up to \(total), but the axis has size \(size)")
    }
    return given.map { Dim($0) }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let dims = x.dims else {
      _ = try parts(of: .unknown, inputs)
      return [Facts](repeating: Facts(dtype: x.dtype), count: count)
    }
    let axis = try axis.axis(ofRank: dims.count)
    var start = 0
    return try parts(of: dims[axis], inputs).map { part in
      var output = Facts(dtype: x.dtype, dims: dims)
      output.dims?[axis] = part
      if dims.count == 1, let elements = x.elements, let size = part.value, start + size <= elements.count {
        output = output.with(elements: Array(elements[start..<start + size]))
        start += size
      }
      return output
    }
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let dims = inputs.optional(0)?.dims, let axis = try? axis.axis(ofRank: dims.count),
      let parts = try? parts(of: dims[axis], inputs)
    else { return [] }
    var links: [AxisLink] = []
    var start: Dim = 0
    for (index, part) in parts.enumerated() where index < outputs.count {
      for other in dims.indices where other != axis {
        links.append(
          AxisLink(AxisLink.Axis(.input(0), other), AxisLink.Axis(.output(index), other)))
      }
      if let offset = start.value {
        links.append(
          AxisLink(AxisLink.Axis(.output(index), axis), AxisLink.Axis(.input(0), axis), offset: offset))
      }
      start = start.value == nil || part.value == nil ? .unknown : start + part
    }
    return links
  }

  public var selects: Bool { true }
}
