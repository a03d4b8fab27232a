/// `alpha · A' · B' + beta · C`, where `A'` is `[M, K]`, `B'` is `[K, N]`, and `C` stretches to `[M, N]`.
public struct Gemm: Operator {
  public static let type: OperatorType = "Gemm"

  public let alpha: Float
  public let beta: Float
  /// Whether input 0 is stored as `[K, M]`.
  public let transposesLeft: Bool
  /// Whether input 1 is stored as `[N, K]`.
  public let transposesRight: Bool

  public init(_ node: Node, opset: Int) throws(GraphError) {
    alpha = try node.float("alpha", default: 1)
    beta = try node.float("beta", default: 1)
    transposesLeft = try node.bool("transA", default: false)
    transposesRight = try node.bool("transB", default: false)
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let a = try inputs.required(0)
    let b = try inputs.required(1)
    try a.require(rank: 2, "input 0")
    try b.require(rank: 2, "input 1")
    try b.require(dtypeOf: a, "input 1")
    let left = a.dims ?? [.unknown, .unknown]
    let right = b.dims ?? [.unknown, .unknown]
    let inner = (left[transposesLeft ? 0 : 1], right[transposesRight ? 1 : 0])
    if inner.0.contradicts(inner.1) {
      throw Mismatch("input 0 has rows of \(inner.0), but input 1 has columns of \(inner.1)")
    }
    let output = [left[transposesLeft ? 1 : 0], right[transposesRight ? 0 : 1]]
    if let c = inputs.optional(2) {
      try c.require(rankAtMost: 2, "input 2")
      try c.require(dtypeOf: a, "input 2")
      for (own, target) in zip((c.dims ?? []).reversed(), output.reversed())
      where own.value != 1 && own.contradicts(target) {
        throw Mismatch("input 2 (\((c.dims ?? []).text)) does not stretch to \(output.text)")
      }
    }
    return [Facts(dtype: a.dtype ?? b.dtype, dims: output)]
  }

  /// `M · N · K`.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    guard let output = outputs[0].dims else { return .unknown }
    let left = inputs.optional(0)?.dims?[transposesLeft ? 0 : 1] ?? .unknown
    let right = inputs.optional(1)?.dims?[transposesRight ? 1 : 0] ?? .unknown
    return output.product * right.merged(with: left)
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [
      WeightSlot(
        weight: 1, bias: inputs.optional(2) == nil ? nil : 2, data: 0, outputAxis: transposesRight ? 0 : 1,
        inputAxis: transposesRight ? 1 : 0)
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    [
      .from(0, transposesLeft ? 1 : 0, to: 0),
      .from(1, transposesRight ? 0 : 1, to: 1),
      .between((0, transposesLeft ? 0 : 1), (1, transposesRight ? 1 : 0)),
    ] + AxisLink.broadcast(input: 2, inputs.optional(2)?.dims, to: outputs[0].dims)
  }
}

extension Gemm: BiasAdding {
  public var biasInput: Int { 2 }
  public var biasFactor: Float { beta }
}
