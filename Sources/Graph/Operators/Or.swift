/// Whether one input is true, or both, which stretch to each other's shape.
public struct Or: BinaryElementwise {
  public static let type: OperatorType = "Or"

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim {
    Dim(left.truth.flatMap { a in right.truth.map { a || $0 } })
  }
}
