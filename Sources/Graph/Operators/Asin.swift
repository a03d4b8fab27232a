/// The inverse sine, element by element.
public struct Asin: UnaryElementwise {
  public static let type: OperatorType = "Asin"

  public init(_ node: Node, opset: Int) {}
}
