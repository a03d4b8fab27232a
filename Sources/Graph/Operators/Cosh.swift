/// The hyperbolic cosine, element by element.
public struct Cosh: UnaryElementwise {
  public static let type: OperatorType = "Cosh"

  public init(_ node: Node, opset: Int) {}
}
