/// The least whole number that is not below `x`, element by element.
public struct Ceil: UnaryElementwise {
  public static let type: OperatorType = "Ceil"

  public init(_ node: Node, opset: Int) {}

  /// Sizes are whole.
  public func fold(_ size: Dim) -> Dim { size }
}
