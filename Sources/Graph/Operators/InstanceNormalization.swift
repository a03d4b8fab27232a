/// `scale · (x - mean) / sqrt(variance + epsilon) + bias`, with mean and variance of each channel of each sample.
public struct InstanceNormalization: Operator {
  public static let type: OperatorType = "InstanceNormalization"

  public let epsilon: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    epsilon = try node.float("epsilon", default: 1e-5)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 3, "the data")
    for (index, name) in [(1, "scale"), (2, "bias")] {
      let parameters = try inputs.required(index)
      try parameters.require(length: x.dims?[1] ?? .unknown, "the \(name)")
      try parameters.require(dtypeOf: x, "the \(name)")
    }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    outputs[0].rank == nil ? [] : AxisLink.identity(rank: 2) + (1...2).map { .from($0, 0, to: 1) }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[1, 2]] }
}
