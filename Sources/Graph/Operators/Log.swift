/// The natural logarithm, element by element.
public struct Log: UnaryElementwise {
  public static let type: OperatorType = "Log"

  public init(_ node: Node, opset: Int) {}
}
