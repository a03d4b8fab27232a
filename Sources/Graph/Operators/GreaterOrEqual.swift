import Tensor

/// Whether elements of the first input are not below those of the second; both stretch to each other's shape.
public struct GreaterOrEqual: BinaryElementwise {
  public static let type: OperatorType = "GreaterOrEqual"
  public static let result: DType? = .bool

  public init(_ node: Node, opset: Int) {}

  public func fold(_ left: Dim, _ right: Dim) -> Dim { Dim(left.isBelow(right).map(!)) }
}
