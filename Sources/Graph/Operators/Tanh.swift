/// The hyperbolic tangent, element by element.
public struct Tanh: UnaryElementwise {
  public static let type: OperatorType = "Tanh"

  public init(_ node: Node, opset: Int) {}
}
