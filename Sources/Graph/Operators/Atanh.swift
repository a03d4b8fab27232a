/// The inverse hyperbolic tangent, element by element.
public struct Atanh: UnaryElementwise {
  public static let type: OperatorType = "Atanh"

  public init(_ node: Node, opset: Int) {}
}
