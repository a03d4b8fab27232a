import Tensor

/// The same numbers in the element type of another input.
public struct CastLike: Operator {
  public static let type: OperatorType = "CastLike"

  /// Whether what is too large for an 8-bit float becomes its largest number.
  public let saturates: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    saturates = try node.int("saturate", default: 1) != 0
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    let target = try inputs.required(1).dtype
    let keepsSizes = target == .int64 || target == .int32
    return [Facts(dtype: target, dims: x.dims, elements: keepsSizes ? x.elements : nil)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank)
  }

  public var weightPath: Int? { 0 }
}
