/// The bitwise exclusive or of two inputs, stretched to each other's shape.
public struct BitwiseXor: BinaryElementwise {
  public static let type: OperatorType = "BitwiseXor"

  public init(_ node: Node, opset: Int) {}
}
