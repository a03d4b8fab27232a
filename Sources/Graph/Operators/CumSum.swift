/// Sums of all elements up to each one along an axis.
public struct CumSum: Operator {
  public static let type: OperatorType = "CumSum"

  /// Whether an element is not part of its own sum.
  public let isExclusive: Bool
  /// Whether sums go from the end.
  public let isReverse: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    isExclusive = try node.bool("exclusive", default: false)
    isReverse = try node.bool("reverse", default: false)
  }

  /// The axis; nil where it is not known.
  public func axis(_ inputs: [Facts?], rank: Int) throws(Mismatch) -> Int? {
    let given = try inputs.required(1)
    try given.require(dtypeIn: [.int64, .int32], "the axis")
    try given.requireSingle("the axis")
    return try given.integers?.first?.axis(ofRank: rank)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if let rank = x.rank { _ = try axis(inputs, rank: rank) }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    guard let rank = outputs[0].rank, let axis = try? axis(inputs, rank: rank) else { return [] }
    return AxisLink.identity(rank: rank).filter { $0.from.axis != axis }
  }

  public var isPositivelyHomogeneous: Bool { true }
}
