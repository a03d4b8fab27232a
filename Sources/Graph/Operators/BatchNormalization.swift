/// `scale · (x - mean) / sqrt(variance + epsilon) + bias` along axis 1, with stored mean and variance.
///
/// Before operator set 9 each position of a sample can have parameters of its own (`spatial` is 0).
/// To train, mean and variance are the data's own, and the second and third output are the stored ones moved towards them.
public struct BatchNormalization: Operator {
  public static let type: OperatorType = "BatchNormalization"

  public let epsilon: Float
  public let isTraining: Bool
  /// Whether a channel has one mean and one variance, not one for each of its positions.
  public let isSpatial: Bool
  /// What the stored mean and variance keep of themselves in a step of training.
  public let momentum: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    epsilon = try node.float("epsilon", default: 1e-5)
    momentum = try node.float("momentum", default: 0.9)
    isTraining = opset >= 14 ? try node.bool("training_mode", default: false) : false
    isSpatial = opset < 9 ? try node.bool("spatial", default: true) : true
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 2, "the data")
    let channels = x.dims?[1] ?? .unknown
    for (index, name) in ["scale", "bias", "mean", "variance"].enumerated() {
      let parameter = try inputs.required(index + 1)
      if isSpatial {
        try parameter.require(length: channels, "the \(name)")
      } else if let dims = x.dims {
        try parameter.require(dims: Array(dims.dropFirst()), "the \(name)")
      }
    }
    let result = Facts(dtype: x.dtype, dims: x.dims)
    if !isTraining { return [result] }
    let statistics = try Facts(dtype: inputs.required(3).dtype, dims: [channels])
    return [result, statistics, statistics]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    let axes = isSpatial ? 1..<2 : 1..<max(outputs[0].rank ?? 1, 1)
    return AxisLink.identity(rank: outputs[0].rank)
      + axes.flatMap { axis in (1...4).map { .from($0, axis - 1, to: axis) } }
      + outputs.indices.dropFirst().map { AxisLink(.init(.input(0), 1), .init(.output($0), 0)) }
  }

  /// Scale and bias; or the data with the mean that is taken from it, and the bias.
  public func scalings(_ inputs: [Facts?]) -> [[Int]] { isTraining ? [[1, 2]] : [[1, 2], [0, 2, 3]] }
}
