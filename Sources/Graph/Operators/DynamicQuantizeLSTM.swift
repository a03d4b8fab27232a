import Tensor

/// An LSTM with 8-bit weights, whose data and state are rounded to 8 bits as they come: ONNX Runtime's own operator.
///
/// Inputs are those of LSTM, but the weights are `[D, I, 4·H]` and `[D, H, 4·H]`; behind them come scale and zero point
/// of the first and of the second weight, `[D]` or `[D, 4·H]`.
public struct DynamicQuantizeLSTM: Operator {
  public static let type = OperatorType("DynamicQuantizeLSTM", domain: "com.microsoft")

  /// What is left when weights are real numbers again.
  public let lstm: LSTM

  public init(_ node: Node, opset: Int) throws(GraphError) { lstm = try LSTM(node, opset: opset) }

  public func infer(_ inputs: [Facts?]) throws(Mismatch) -> [Facts] {
    let x = try inputs.required(0)
    try x.require(dtypeIn: [.float32], "the data")
    var weights: [Facts] = []
    for (index, name) in [(1, "the weight"), (2, "the recurrent weight")] {
      let weight = try inputs.required(index)
      try weight.require(dtypeIn: [.int8, .uint8], name)
      try weight.require(rank: 3, name)
      let (scale, zeroPoint) = (try inputs.required(6 + 2 * index), try inputs.required(7 + 2 * index))
      try scale.require(dtypeIn: [.float32], "the scale of \(name)")
      try zeroPoint.require(dtypeOf: weight, "the zero point of \(name)")
      for (parameters, what) in [(scale, "scale"), (zeroPoint, "zero point")] {
        let expected = weight.dims.map { parameters.rank == 2 ? [$0[0], $0[2]] : [$0[0]] }
        if let expected { try parameters.require(dims: expected, "the \(what) of \(name)") }
      }
      weights.append(Facts(dtype: .float32, dims: weight.dims.map { [$0[0], $0[2], $0[1]] }))
    }
    let outputs = try lstm.inferRecurrent(inputs, weight: weights[0], recurrent: weights[1])
    try lstm.checkPeepholes(inputs, outputs)
    return outputs
  }

  public func macs(_ inputs: [Facts?], _ outputs: [Facts]) -> Dim { lstm.macs(inputs, outputs) }

  public func weightSlots(_ inputs: [Facts?]) -> [WeightSlot] {
    lstm.weightSlots(inputs).map { slot in
      var slot = slot
      (slot.outputAxis, slot.inputAxis) = (2, 1)
      return slot
    }
  }
}
