/// Every bit turned over, element by element.
public struct BitwiseNot: UnaryElementwise {
  public static let type: OperatorType = "BitwiseNot"

  public init(_ node: Node, opset: Int) {}
}
