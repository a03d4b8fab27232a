/// The inverse cosine, element by element.
public struct Acos: UnaryElementwise {
  public static let type: OperatorType = "Acos"

  public init(_ node: Node, opset: Int) {}
}
