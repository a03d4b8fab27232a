import Tensor

/// Whether elements of two inputs are equal; both stretch to each other's shape.
public struct Equal: BinaryElementwise {
  public static let type: OperatorType = "Equal"
  public static let result: DType? = .bool

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim { Dim(left.equals(right)) }
}
