/// `max(x, 0) + min(alpha · (exp(x / alpha) - 1), 0)`, element by element.
public struct Celu: UnaryElementwise {
  public static let type: OperatorType = "Celu"

  public let alpha: Float

  public init(_ node: Node, opset: Int) throws(GraphError) { alpha = try node.float("alpha", default: 1) }
}
