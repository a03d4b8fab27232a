/// The least of all inputs, which stretch to each other's shape.
public struct Min: VariadicElementwise {
  public static let type: OperatorType = "Min"

  public init(_ node: Node, opset: Int) {}

  public func fold(_ sizes: [Dim]) -> Dim {
    sizes.reduce(nil) { least, size in least.map { .lesser($0, size) } ?? size } ?? .unknown
  }
}
