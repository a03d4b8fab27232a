/// `x` where it is above `alpha`, and 0 elsewhere.
public struct ThresholdedRelu: UnaryElementwise {
  public static let type: OperatorType = "ThresholdedRelu"

  public let alpha: Float

  public init(_ node: Node, opset: Int) throws(GraphError) { alpha = try node.float("alpha", default: 1) }
}
