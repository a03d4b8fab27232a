/// The square root, element by element.
public struct Sqrt: UnaryElementwise {
  public static let type: OperatorType = "Sqrt"

  public init(_ node: Node, opset: Int) {}
}
