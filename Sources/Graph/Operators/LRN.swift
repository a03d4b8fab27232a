/// `x / (bias + alpha / size · Σ x²)^beta`, the sum going over `size` neighbouring channels.
public struct LRN: Operator {
  public static let type: OperatorType = "LRN"

  public let size: Int
  public let alpha: Float
  public let beta: Float
  public let bias: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    size = try node.int("size", default: 0)
    guard (1...largestExtent).contains(size) else {
      throw node.invalid("size", "is \(size), which is out of range")
    }
    alpha = try node.float("alpha", default: 1e-4)
    beta = try node.float("beta", default: 0.75)
    bias = try node.float("bias", default: 1)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 2, "the data")
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  /// Channels depend on their neighbours.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank).filter { $0.from.axis != 1 }
  }
}
