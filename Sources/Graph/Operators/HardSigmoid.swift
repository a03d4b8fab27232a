/// `min(max(alpha · x + beta, 0), 1)`, element by element.
public struct HardSigmoid: UnaryElementwise {
  public static let type: OperatorType = "HardSigmoid"

  public let alpha: Float
  public let beta: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    alpha = try node.float("alpha", default: 0.2)
    beta = try node.float("beta", default: 0.5)
  }
}
