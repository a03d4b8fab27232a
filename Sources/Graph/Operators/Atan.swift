/// The inverse tangent, element by element.
public struct Atan: UnaryElementwise {
  public static let type: OperatorType = "Atan"

  public init(_ node: Node, opset: Int) {}
}
