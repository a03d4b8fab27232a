import Tensor

/// Whether elements of the first input are not above those of the second; both stretch to each other's shape.
public struct LessOrEqual: BinaryElementwise {
  public static let type: OperatorType = "LessOrEqual"
  public static let result: DType? = .bool

  public init(_ node: Node, opset: Int) {}

  public func fold(_ left: Dim, _ right: Dim) -> Dim { Dim(right.isBelow(left).map(!)) }
}
