/// `scale · (x - mean) / sqrt(variance + epsilon) + bias`, with mean and variance of each group of channels of each
/// sample; scale and bias are one for each channel, and before opset 21 one for each group.
public struct GroupNormalization: Operator {
  public static let type: OperatorType = "GroupNormalization"

  public let groups: Int
  public let epsilon: Float
  public let scalesGroups: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    groups = try node.int("num_groups", default: 0)
    guard groups >= 1 else { throw node.invalid("num_groups", "is \(groups), but must be positive") }
    epsilon = try node.float("epsilon", default: 1e-5)
    guard try node.int("stash_type", default: 1) == 1 else {
      throw node.invalid("stash_type", "asks for other sums than float32, which are not supported")
    }
    scalesGroups = opset < 21
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(minimumRank: 3, "the data")
    if let channels = x.dims?[1].value, channels % groups != 0 {
      throw Mismatch("\(channels) channels cannot be split into \(groups) groups")
    }
    for (index, name) in [(1, "scale"), (2, "bias")] {
      let parameters = try inputs.required(index)
      try parameters.require(length: scalesGroups ? Dim(groups) : x.dims?[1] ?? .unknown, "the \(name)")
      try parameters.require(dtypeOf: x, "the \(name)")
    }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  /// The channels of a group are normalised together, and none can go.
  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    outputs[0].rank == nil ? [] : [.from(0, 0, to: 0)]
  }
}
