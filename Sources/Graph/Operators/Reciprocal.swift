/// `1 / x`, element by element.
public struct Reciprocal: UnaryElementwise {
  public static let type: OperatorType = "Reciprocal"

  public init(_ node: Node, opset: Int) {}
}
