import Tensor

/// `A · Bᵀ + bias` with a weight of 4 bits that has a scale for each block of inputs: ONNX Runtime's own operator.
///
/// Inputs are A `[..., K]`, the weight `[N, blocks, size / 2]` as bytes of two numbers, the lower one first, scales
/// `[N, blocks]`, optional zero points `[N, blocks]`, packed in the same way row by row or of A's type (8 where there
/// are none), an order of inputs that is refused, and an optional bias `[N]`.
public struct MatMulNBits: Operator {
  public static let type = OperatorType("MatMulNBits", domain: "com.microsoft")

  /// Inputs and outputs.
  public let (inner, outer): (Int, Int)
  public let blockSize: Int

  /// Blocks of one output.
  public var blocks: Int { (inner + blockSize - 1) / blockSize }

  public init(_ node: Node, opset: Int) throws(GraphError) {
    let bits = try node.int("bits", default: 4)
    guard bits == 4 else { throw node.invalid("bits", "is \(bits), and only 4 is supported") }
    (inner, outer) = (try node.int("K", default: 0), try node.int("N", default: 0))
    for (name, size) in [("K", inner), ("N", outer)] where size < 1 || size > largestExtent {
      throw node.invalid(name, "is \(size), which is out of range")
    }
    blockSize = try node.int("block_size", default: 0)
    guard [16, 32, 64, 128, 256].contains(blockSize) else {
      throw node.invalid("block_size", "is \(blockSize), but must be 16, 32, 64, 128 or 256")
    }
  }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let (a, weight, scales) = (try inputs.required(0), try inputs.required(1), try inputs.required(2))
    try a.require(dtypeIn: [.float32, .float16, .bfloat16], "input 0")
    try a.require(minimumRank: 1, "input 0")
    if let last = a.dims?.last, last.contradicts(Dim(inner)) {
      throw Mismatch("input 0 (\((a.dims ?? []).text)) has rows of \(last) instead of \(inner)")
    }
    try weight.require(dtypeIn: [.uint8], "the weight")
    try weight.require(dims: [Dim(outer), Dim(blocks), Dim(blockSize / 2)], "the weight")
    try scales.require(dtypeOf: a, "the scales")
    try scales.require(count: outer * blocks, "the scales")
    if let zeroPoints = inputs.optional(3) {
      let isPacked = zeroPoints.dtype == .uint8
      if !isPacked { try zeroPoints.require(dtypeOf: a, "the zero points") }
      try zeroPoints.require(count: outer * (isPacked ? (blocks + 1) / 2 : blocks), "the zero points")
    }
    if inputs.optional(4) != nil { throw Mismatch("an order of inputs (g_idx) is not supported") }
    if let bias = inputs.optional(5) {
      try bias.require(length: Dim(outer), "the bias")
      try bias.require(dtypeOf: a, "the bias")
    }
    return [Facts(dtype: a.dtype, dims: a.dims.map { $0.dropLast() + [Dim(outer)] })]
  }

  /// `M · N · K`.
  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim {
    (outputs[0].dims?.product ?? .unknown) * Dim(inner)
  }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    [
      WeightSlot(
        weight: 1, bias: inputs.optional(5) == nil ? nil : 5, data: 0, outputAxis: 0, inputAxis: 1,
        packing: WeightPacking(count: outer * inner, bits: 4, parameters: [2, 3]))
    ]
  }

  public func links(_ inputs: [Facts?], _ outputs: [Facts]) -> [AxisLink] {
    AxisLink.identity(rank: outputs[0].rank.map { $0 - 1 })
  }
}

extension Facts {
  func require(count expected: Int, _ what: String) throws(Mismatch) {
    guard let own = count, own != expected else { return }
    throw Mismatch("\(what) has \(own) elements instead of \(expected)")
  }
}
