import Tensor

/// An operator on two inputs, element by element, stretched to each other as NumPy does.
public protocol BinaryElementwise: Operator {
  /// Where the second input's axes begin in the first's; nil where they are aligned at the right. Only
  /// opsets before 7 have it.
  var axis: Int? { get }

  /// The output's type, where it is not the inputs'.
  static var result: DType? { get }

  /// Whether both inputs must have the same type.
  static var needsOneType: Bool { get }

  /// The result for two sizes, for shapes that a graph computes; unknown where it is not exact.
  func fold(_ left: Dim, _ right: Dim) -> Dim

  /// The same for sizes that are held as real numbers.
  func foldReal(_ left: Dim, _ right: Dim) -> Dim
}

extension BinaryElementwise {
  public var axis: Int? { nil }
  public static var result: DType? { nil }
  public static var needsOneType: Bool { true }
  public func fold(_ left: Dim, _ right: Dim) -> Dim { .unknown }
  public func foldReal(_ left: Dim, _ right: Dim) -> Dim { fold(left, right) }

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

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] { try inferStretched(inputs) }

  /// Type and shape of two inputs that stretch to each other.
  func inferStretched(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    if Self.needsOneType { try b.require(dtypeOf: a, "input 1") }
    let operand = a.dtype ?? (Self.needsOneType ? b.dtype : nil)
    var output = Facts(dtype: Self.result ?? operand)
    guard let left = a.dims, let right = b.dims else { return [output] }
    output.dims = try .broadcast(left, try aligned(right, toRank: left.count))
    let isReal = operand?.isFloatingPoint ?? true
    let elements = [a, b].stretchedElements?.map { isReal ? foldReal($0[0], $0[1]) : fold($0[0], $0[1]) }
    return [output.with(elements: elements)]
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
