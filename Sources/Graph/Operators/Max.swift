/// The greatest of all inputs, which stretch to each other's shape.
public struct Max: VariadicElementwise {
  public static let type: OperatorType = "Max"

  public init(_ node: Node, opset: Int) {}

  public func fold(_ sizes: [Dim]) -> Dim {
    sizes.reduce(nil) { most, size in most.map { .greater($0, size) } ?? size } ?? .unknown
  }
}
