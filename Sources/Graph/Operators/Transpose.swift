/// The axes in another order.
public struct Transpose: Operator {
  public static let type: OperatorType = "Transpose"

  /// Which input axis each output axis is; nil for all in reverse.
  public let permutation: [Int]?

  public init(_ node: Node, opset: Int) throws(GraphError) {
    permutation = try node.ints("perm")
    if let permutation, permutation.sorted() != Array(permutation.indices) {
      throw node.invalid("perm", "is \(permutation), which is not a permutation")
    }
  }

  /// Which input axis each output axis is.
  public func order(rank: Int) throws(Mismatch) -> [Int] {
    guard let permutation else { return (0..<rank).reversed() }
    guard permutation.count == rank else {
      throw Mismatch("'perm' is for \(permutation.count) axes, but the input has \(rank)")
    }
    return permutation
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    guard let dims = x.dims else {
      return [Facts(dtype: x.dtype, dims: permutation.map { $0.map { _ in .unknown } })]
    }
    return [Facts(dtype: x.dtype, dims: try order(rank: dims.count).map { dims[$0] }, elements: x.elements)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = inputs.optional(0)?.rank, let order = try? order(rank: rank) else { return [] }
    return order.enumerated().map { .from(0, $1, to: $0) }
  }

  public var selects: Bool { true }
}
