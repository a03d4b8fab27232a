/// The inverse hyperbolic cosine, element by element.
public struct Acosh: UnaryElementwise {
  public static let type: OperatorType = "Acosh"

  public init(_ node: Node, opset: Int) {}
}
