/// The magnitude, element by element.
public struct Abs: UnaryElementwise {
  public static let type: OperatorType = "Abs"

  public init(_ node: Node, opset: Int) {}

  public var isPositivelyHomogeneous: Bool { true }

  public func fold(_ size: Dim) -> Dim { Dim.greater(size, size * -1) }
}
