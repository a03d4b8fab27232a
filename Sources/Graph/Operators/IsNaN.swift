import Tensor

/// Whether an element is no number.
public struct IsNaN: UnaryElementwise {
  public static let type: OperatorType = "IsNaN"
  public static let result: DType? = .bool

  public init(_ node: Node, opset: Int) {}
}
