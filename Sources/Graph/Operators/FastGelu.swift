/// ONNX Runtime's own operator FastGelu: Gelu by a hyperbolic tangent, of the input and a bias along its last axis,
/// which may be left out.
public struct FastGelu: Operator {
  public static let type = OperatorType("FastGelu", domain: "com.microsoft")

  public init(_ node: Node, opset: Int) {}

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    if let bias = inputs.optional(1) {
      try bias.require(dtypeOf: x, "the bias")
      try x.require(minimumRank: 1, "input 0")
      try bias.require(length: x.dims?.last ?? .unknown, "the bias")
    }
    return [Facts(dtype: x.dtype, dims: x.dims)]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    let own = AxisLink.identity(rank: outputs[0].rank)
    guard inputs.optional(1) != nil, let rank = outputs[0].rank, rank > 0 else { return own }
    return own + [.from(1, 0, to: rank - 1)]
  }
}
