import Tensor

/// The upper or lower triangle of matrices on the last two axes, with zeros elsewhere.
public struct Trilu: Operator {
  public static let type: OperatorType = "Trilu"

  public let isUpper: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) { isUpper = try node.bool("upper", default: true) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 2, "the input")
    _ = try inputs.optional(1)?.requireInteger("'k'")
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank.map { $0 - 2 })
  }

  public var isPositivelyHomogeneous: Bool { true }
}
