/// `exp(x) / sum(exp(x))` along one axis, or along several taken as one.
public struct Softmax: AxisNormalization {
  public static let type: OperatorType = "Softmax"

  public let axis: NormalizedAxis

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try NormalizedAxis(node, opset: opset) }

  public func normalizedAxes(rank: Int) throws(Mismatch) -> Range<Int> { try axis.axes(rank: rank) }
}
