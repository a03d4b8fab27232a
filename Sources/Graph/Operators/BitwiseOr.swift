/// The bitwise or of two inputs, stretched to each other's shape.
public struct BitwiseOr: BinaryElementwise {
  public static let type: OperatorType = "BitwiseOr"

  public init(_ node: Node, opset: Int) {}
}
