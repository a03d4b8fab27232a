import Graph

/// TensorFlow Lite's 8-bit quantization: its specification, and the arithmetic of `quantization_utils.cc`
/// (`GetAsymmetricQuantizationParams`, `SymmetricPerChannelQuantization`, `SymmetricPerChannelBiasQuantize`), all of it
/// in float32.
struct TensorFlowLiteMode: ModeRules {
  var rounding: LinearOptions.Rounding { .halfAway }
  var biases: (any BiasRules)? { TensorFlowLiteBiases() }
  var tensors: any TensorRules { TensorFlowLiteTensors() }

  func parameters(low: Float, high: Float, _ form: LinearForm) -> LinearParameters {
    let isSymmetric = form.scheme == .symmetric
    let (lowest, highest) = form.options.integers.bounds(
      bits: form.bits, isSigned: form.options.isSigned, leavesOutLowest: isSymmetric)
    if isSymmetric { return Self.symmetric(max(-low, high), lowest: lowest, highest: highest) }
    let scale = (high - low) / (Float(highest) - Float(lowest))
    // Its scale of 0 for a tensor of zeros would have to be divided by.
    guard scale > 0 else {
      return LinearParameters(scale: 1, zeroPoint: lowest, lowest: lowest, highest: highest)
    }
    let exact = (Float(lowest) - low / scale).rounded(.toNearestOrAwayFromZero)
    return LinearParameters(
      scale: scale, zeroPoint: min(max(Int(exact), lowest), highest), lowest: lowest, highest: highest)
  }

  /// Weights are multiplied with a reciprocal that is not that of the rounded scale.
  fileprivate static func symmetric(_ range: Float, lowest: Int, highest: Int) -> LinearParameters {
    LinearParameters(
      scale: range / Float(highest), zeroPoint: 0, lowest: lowest, highest: highest,
      inverse: range == 0 ? 0 : Float(highest) / range)
  }
}

private struct TensorFlowLiteBiases: BiasRules {
  func fitting(_ weight: LinearParameters, bias: Float, isChannel: Bool, input: Float) -> LinearParameters {
    let limit = Double(Int32.max)
    let half = 0.5 * Double(input) * Double(weight.scale)
    let fits = Double(bias.magnitude) < half * (isChannel ? limit : limit + 1)
    if fits || bias == 0 { return weight }
    let range = Float(2 * Double(bias.magnitude) / limit * Double(Float(weight.highest) / input))
    return TensorFlowLiteMode.symmetric(range, lowest: weight.lowest, highest: weight.highest)
  }

  func round(_ bias: Float, scale: Float) -> Int32 {
    let inverse = scale == 0 ? 0 : Float(1 / Double(scale))
    let exact = Double((bias * inverse).rounded(.toNearestOrAwayFromZero))
    let limit = Double(Int32.max)
    return exact.isNaN ? 0 : Int32(min(max(exact, -limit), limit))
  }
}

/// Every float tensor between its operators, of which a convolution takes in its batch normalization and its clamp.
private struct TensorFlowLiteTensors: TensorRules {
  func role(of node: Node, isLayer: Bool, opset: Int) -> NodeRole {
    switch node.type.name {
    case "Conv", "Gemm", "MatMul": isLayer ? .layer : .all
    case "Relu", "Clip", "BatchNormalization": .folded
    case "MaxPool", "AveragePool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose":
      .sameAsInput(always: true)
    case "Gather": .gather
    case "Pad": .pad
    case "Identity", "Dropout", "Cast", "Shape", "Constant", "QuantizeLinear", "DequantizeLinear": .none
    default: .all
    }
  }

  func adjust(_ ranges: inout [String: ActivationRanges.Range], by node: Node, isSole: (String) -> Bool) {
    switch node.type.name {
    // Scale 1/256 and zero point -128, scale 1/128 and zero point 0.
    case "Softmax", "Sigmoid": ranges[node.outputs[0]] = .init(low: 0, high: 255 / 256)
    case "Tanh": ranges[node.outputs[0]] = .init(low: -1, high: 127 / 128)
    case "Concat":
      for input in node.inputs where isSole(input) { ranges[input] = ranges[node.outputs[0]] }
    default: return
    }
  }
}
