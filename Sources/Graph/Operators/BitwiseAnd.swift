/// The bitwise and of two inputs, stretched to each other's shape.
public struct BitwiseAnd: BinaryElementwise {
  public static let type: OperatorType = "BitwiseAnd"

  public init(_ node: Node, opset: Int) {}
}
