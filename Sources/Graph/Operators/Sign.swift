/// -1, 0 or 1, as an element is below, at or above 0.
public struct Sign: UnaryElementwise {
  public static let type: OperatorType = "Sign"

  public init(_ node: Node, opset: Int) {}
}
