/// `x` where it is positive and `alpha · (exp(x) - 1)` elsewhere.
public struct Elu: UnaryElementwise {
  public static let type: OperatorType = "Elu"

  public let alpha: Float

  public init(_ node: Node, opset: Int) throws(GraphError) { alpha = try node.float("alpha", default: 1) }
}
