/// The error function, element by element: what Gelu is made of.
public struct Erf: UnaryElementwise {
  public static let type: OperatorType = "Erf"

  public init(_ node: Node, opset: Int) {}
}
