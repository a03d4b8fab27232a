/// The exponential function, element by element.
public struct Exp: UnaryElementwise {
  public static let type: OperatorType = "Exp"

  public init(_ node: Node, opset: Int) {}
}
