/// `1 / (1 + exp(-x))`, element by element.
public struct Sigmoid: UnaryElementwise {
  public static let type: OperatorType = "Sigmoid"

  public init(_ node: Node, opset: Int) {}
}
