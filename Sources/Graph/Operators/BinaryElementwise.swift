import Tensor

/// An operator on two inputs, element by element, stretched to each other as NumPy does.
public protocol BinaryElementwise: Operator {
  /// Where the second input's axes begin in the first's; nil where they are aligned at the right. Only
  /// opsets before 7 have it.
  var axis: Int? { get }

  /// The result for two sizes, for shapes that a graph computes; unknown where it is not exact.
  static func fold(_ left: Dim, _ right: Dim) -> Dim
}

extension BinaryElementwise {
  static func legacyAxis(_ node: Node, opset: Int) throws(GraphError) -> Int? {
    opset < 7 ? try node.int("axis") : nil
  }

  /// The second input's sizes with the ones behind them that align it at the right.
  public func aligned<Size: ExpressibleByIntegerLiteral>(_ right: [Size], toRank rank: Int) throws(Mismatch)
    -> [Size]
  {
    guard let axis, !right.isEmpty else { return right }
    let first = try axis.axis(ofRank: rank)
    let missing = rank - first - right.count
    guard missing >= 0 else {
      throw Mismatch("input 1 has \(right.count) axes, which do not fit behind axis \(first) of rank \(rank)")
    }
    return right + [Size](repeating: 1, count: missing)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    try b.require(dtypeOf: a, "input 1")
    var output = Facts(dtype: a.dtype ?? b.dtype)
    guard let left = a.dims, let right = b.dims else { return [output] }
    output.dims = try .broadcast(left, try aligned(right, toRank: left.count))
    if let x = a.elements, let y = b.elements, x.count == y.count || x.count == 1 || y.count == 1 {
      output.elements = (0..<(x.isEmpty || y.isEmpty ? 0 : max(x.count, y.count))).map {
        Self.fold(x[x.count == 1 ? 0 : $0], y[y.count == 1 ? 0 : $0])
      }
    }
    return [output.with(elements: output.elements)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let left = inputs.optional(0)?.dims, let right = inputs.optional(1)?.dims,
      let aligned = try? aligned(right, toRank: left.count)
    else { return [] }
    // The ones put behind the second input's axes are none of its own, and link to nothing.
    return AxisLink.broadcast(input: 0, left, to: outputs[0].dims)
      + AxisLink.broadcast(input: 1, aligned, to: outputs[0].dims)
  }
}
