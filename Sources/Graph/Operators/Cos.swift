/// The cosine, element by element.
public struct Cos: UnaryElementwise {
  public static let type: OperatorType = "Cos"

  public init(_ node: Node, opset: Int) {}
}
