/// `x` where it is positive and `alpha · x` elsewhere.
public struct LeakyRelu: UnaryElementwise {
  public static let type: OperatorType = "LeakyRelu"

  public let alpha: Float

  public init(_ node: Node, opset: Int) throws(GraphError) { alpha = try node.float("alpha", default: 0.01) }

  public var isPositivelyHomogeneous: Bool { true }
}
