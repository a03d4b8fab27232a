import Tensor

/// Whether an element is infinite, of the signs that are asked for.
public struct IsInf: UnaryElementwise {
  public static let type: OperatorType = "IsInf"
  public static let result: DType? = .bool

  public let detectsNegative: Bool
  public let detectsPositive: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    detectsNegative = try node.bool("detect_negative", default: true)
    detectsPositive = try node.bool("detect_positive", default: true)
  }
}
