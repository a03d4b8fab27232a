/// 1 at the first of the greatest elements and 0 at all others, along one axis, or along several taken as one.
public struct Hardmax: AxisNormalization {
  public static let type: OperatorType = "Hardmax"

  public let axis: NormalizedAxis

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try NormalizedAxis(node, opset: opset) }

  public func normalizedAxes(rank: Int) throws(Mismatch) -> Range<Int> { try axis.axes(rank: rank) }
}
