/// The mean of all inputs, which stretch to each other's shape.
public struct Mean: VariadicElementwise {
  public static let type: OperatorType = "Mean"

  public init(_ node: Node, opset: Int) {}
}
