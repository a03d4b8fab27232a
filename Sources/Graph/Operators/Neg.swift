/// `-x`, element by element.
public struct Neg: UnaryElementwise {
  public static let type: OperatorType = "Neg"

  public init(_ node: Node, opset: Int) {}

  public var isPositivelyHomogeneous: Bool { true }

  public func fold(_ size: Dim) -> Dim { size * -1 }
}
