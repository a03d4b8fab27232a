/// The inverse hyperbolic sine, element by element.
public struct Asinh: UnaryElementwise {
  public static let type: OperatorType = "Asinh"

  public init(_ node: Node, opset: Int) {}
}
