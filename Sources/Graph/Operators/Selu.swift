/// `gamma · x` where `x` is positive and `gamma · alpha · (exp(x) - 1)` elsewhere.
public struct Selu: UnaryElementwise {
  public static let type: OperatorType = "Selu"

  public let alpha: Float
  public let gamma: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    alpha = try node.float("alpha", default: opset < 6 ? 1.6732 : 1.67326319217681884765625)
    gamma = try node.float("gamma", default: opset < 6 ? 1.0507 : 1.05070102214813232421875)
  }
}
