/// Whether both inputs are true, which stretch to each other's shape.
public struct And: BinaryElementwise {
  public static let type: OperatorType = "And"

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim {
    Dim(left.truth.flatMap { a in right.truth.map { a && $0 } })
  }
}
