/// The hyperbolic sine, element by element.
public struct Sinh: UnaryElementwise {
  public static let type: OperatorType = "Sinh"

  public init(_ node: Node, opset: Int) {}
}
