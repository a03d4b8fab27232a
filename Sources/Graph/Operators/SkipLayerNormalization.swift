import Tensor

/// LayerNormalization, along the last axis, of the sum of two values and an optional bias: ONNX Runtime's own operator.
///
/// Inputs are data `[..., C]`, what is added to it, scale, optional bias of the normalisation, optional bias of the
/// sum. Outputs are the result, mean, one over the root, and the sum.
public struct SkipLayerNormalization: Operator {
  public static let type = OperatorType("SkipLayerNormalization", domain: "com.microsoft")

  public let epsilon: Float

  public init(_ node: Node, opset: Int) throws(GraphError) {
    epsilon = try node.float("epsilon", default: 1e-12)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (x, skip) = (try inputs.required(0), try inputs.required(1))
    try x.require(minimumRank: 2, "the data")
    try skip.require(dtypeOf: x, "what is added")
    if let dims = x.dims, let other = skip.dims {
      let sum = try [Dim].broadcast(dims, other)
      if other.count > dims.count || zip(sum, dims).contains(where: { $0.contradicts($1) }) {
        throw Mismatch("what is added is \(other.text), which does not stretch to \(dims.text)")
      }
    }
    let last = x.dims?.last ?? .unknown
    if let bias = inputs.optional(4) {
      try bias.require(length: last, "the bias of the sum")
      try bias.require(dtypeOf: x, "the bias of the sum")
    }
    let outputs = try LayerNormalization.outputs(
      x, axis: -1, parameters: [("scale", try inputs.required(2)), ("bias", inputs.optional(3))])
    return [
      outputs.normalized, outputs.statistics, outputs.statistics, Facts(dtype: x.dtype, dims: x.dims),
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    let skipped = AxisLink.broadcast(input: 1, inputs.optional(1)?.dims, to: outputs[0].dims)
    return LayerNormalization.links(axis: -1, outputs)
      + skipped.filter { $0.to.axis != (outputs[0].rank ?? 0) - 1 }
  }

  public func scalings(_ inputs: [Facts?]) -> [[Int]] { [inputs.optional(3) == nil ? [2] : [2, 3]] }
}
