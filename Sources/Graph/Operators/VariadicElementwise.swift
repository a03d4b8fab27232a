/// An operator on one or more inputs of the same type, element by element, stretched to each other as NumPy does.
public protocol VariadicElementwise: Operator {
  /// The result for sizes that a graph computes, one of each input; unknown where it is not exact.
  func fold(_ sizes: [Dim]) -> Dim
}

extension VariadicElementwise {
  public func fold(_ sizes: [Dim]) -> Dim { .unknown }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let first = try inputs.required(0)
    var output = Facts(dtype: first.dtype, dims: first.dims)
    for index in 1..<max(inputs.count, 1) {
      let next = try inputs.required(index)
      try next.require(dtypeOf: output, "input \(index)")
      output.dtype = output.dtype ?? next.dtype
      if let left = output.dims, let right = next.dims {
        output.dims = try .broadcast(left, right)
      } else {
        output.dims = nil
      }
    }
    return [output.with(elements: inputs.stretchedElements?.map(fold))]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    inputs.indices.flatMap { AxisLink.broadcast(input: $0, inputs[$0]?.dims, to: outputs[0].dims) }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [Array(inputs.indices)] }
}

extension [Facts?] {
  /// For each element of the stretched inputs theirs, where all are short lists and one is of sizes that a graph
  /// computes; nil otherwise.
  var stretchedElements: [[Dim]]? {
    guard contains(where: { $0?.elements != nil }) else { return nil }
    var lists: [[Dim]] = []
    for facts in self {
      guard let elements = facts?.wholeElements else { return nil }
      lists.append(elements)
    }
    let counts = Set(lists.map(\.count)).subtracting([1])
    guard counts.count <= 1 else { return nil }
    return (0..<(counts.first ?? 1)).map { index in lists.map { $0[$0.count == 1 ? 0 : index] } }
  }
}
