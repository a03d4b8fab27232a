/// `max(x, 0)`, element by element.
public struct Relu: UnaryElementwise {
  public static let type: OperatorType = "Relu"

  public init(_ node: Node, opset: Int) {}

  public var isPositivelyHomogeneous: Bool { true }
}
