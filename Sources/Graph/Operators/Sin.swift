/// The sine, element by element.
public struct Sin: UnaryElementwise {
  public static let type: OperatorType = "Sin"

  public init(_ node: Node, opset: Int) {}
}
