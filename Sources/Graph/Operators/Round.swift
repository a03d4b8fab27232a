/// The nearest whole number, of two the even one, element by element.
public struct Round: UnaryElementwise {
  public static let type: OperatorType = "Round"

  public init(_ node: Node, opset: Int) {}

  /// Sizes are whole.
  public func fold(_ size: Dim) -> Dim { size }
}
