/// Divided by the sum of magnitudes along one axis, or by the root of the sum of squares.
public struct LpNormalization: AxisNormalization {
  public static let type: OperatorType = "LpNormalization"

  public let axis: Int
  /// 1 or 2.
  public let order: Int

  public init(_ node: Node, opset: Int) throws(GraphError) {
    axis = try node.int("axis", default: -1)
    order = try node.int("p", default: 2)
    guard order == 1 || order == 2 else { throw node.invalid("p", "is \(order) instead of 1 or 2") }
  }

  public func normalizedAxes(rank: Int) throws(Mismatch) -> Range<Int> {
    let axis = try axis.axis(ofRank: rank)
    return axis..<axis + 1
  }
}
