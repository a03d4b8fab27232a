/// The first input to the power of the second, which may be of another type; both stretch to each other's shape.
public struct Pow: BinaryElementwise {
  public static let type: OperatorType = "Pow"
  public static let needsOneType = false

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }
}
