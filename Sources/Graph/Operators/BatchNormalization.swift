/// `scale · (x - mean) / sqrt(variance + epsilon) + bias` along axis 1, with stored mean and variance.
public struct BatchNormalization: Operator {
  public static let type: OperatorType = "BatchNormalization"

  public let epsilon: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    epsilon = try node.float("epsilon", default: 1e-5)
    if try node.bool("training_mode", default: false) {
      throw node.invalid("training_mode", "asks for training, which is not computed")
    }
    guard try node.bool("spatial", default: true) else {
      throw node.invalid("spatial", "asks for statistics of single positions, which are not supported")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 2, "the data")
    let channels = x.dims?[1] ?? .unknown
    for (index, name) in ["scale", "bias", "mean", "variance"].enumerated() {
      try inputs.required(index + 1).require(length: channels, "the \(name)")
    }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank) + (1...4).map { .from($0, 0, to: 1) }
  }

  /// Scale and bias; or the data with the mean that is taken from it, and the bias.
  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [[1, 2], [0, 2, 3]] }
}
