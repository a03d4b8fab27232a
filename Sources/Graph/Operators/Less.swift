import Tensor

/// Whether elements of the first input are below those of the second; both stretch to each other's shape.
public struct Less: BinaryElementwise {
  public static let type: OperatorType = "Less"
  public static let result: DType? = .bool

  public let axis: Int?

  public init(_ node: Node, opset: Int) throws(GraphError) { axis = try Self.legacyAxis(node, opset: opset) }

  public func fold(_ left: Dim, _ right: Dim) -> Dim { Dim(left.isBelow(right)) }
}
