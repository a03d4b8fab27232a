/// The greatest whole number that is not above `x`, element by element.
public struct Floor: UnaryElementwise {
  public static let type: OperatorType = "Floor"

  public init(_ node: Node, opset: Int) {}

  /// Sizes are whole.
  public func fold(_ size: Dim) -> Dim { size }
}
