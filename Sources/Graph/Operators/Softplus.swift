/// `log(1 + exp(x))`, element by element.
public struct Softplus: UnaryElementwise {
  public static let type: OperatorType = "Softplus"

  public init(_ node: Node, opset: Int) {}
}
