/// `x · min(max(x / 6 + 1/2, 0), 1)`, element by element.
public struct HardSwish: UnaryElementwise {
  public static let type: OperatorType = "HardSwish"

  public init(_ node: Node, opset: Int) {}
}
