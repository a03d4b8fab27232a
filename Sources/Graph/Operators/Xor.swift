/// Whether just one of two inputs is true, which stretch to each other's shape.
public struct Xor: BinaryElementwise {
  public static let type: OperatorType = "Xor"

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim {
    Dim(left.truth.flatMap { a in right.truth.map { a != $0 } })
  }
}
