/// The sum of all inputs, which stretch to each other's shape.
public struct Sum: VariadicElementwise {
  public static let type: OperatorType = "Sum"

  public init(_ node: Node, opset: Int) {}

  public func fold(_ sizes: [Dim]) -> Dim { sizes.reduce(0, +) }
}
