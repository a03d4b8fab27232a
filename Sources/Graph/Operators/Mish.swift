/// `x · tanh(log(1 + exp(x)))`, element by element.
public struct Mish: UnaryElementwise {
  public static let type: OperatorType = "Mish"

  public init(_ node: Node, opset: Int) {}
}
