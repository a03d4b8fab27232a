/// The tangent, element by element.
public struct Tan: UnaryElementwise {
  public static let type: OperatorType = "Tan"

  public init(_ node: Node, opset: Int) {}
}
