/// `x / (1 + |x|)`, element by element.
public struct Softsign: UnaryElementwise {
  public static let type: OperatorType = "Softsign"

  public init(_ node: Node, opset: Int) {}
}
