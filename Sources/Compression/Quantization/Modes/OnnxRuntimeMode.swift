import Graph

/// ONNX Runtime 1.32, `quantize_static` in its QDQ format: `compute_scale_zp`, `quantize_nparray`,
/// `quantize_bias_static_impl`, `QDQRegistry`.
struct OnnxRuntimeMode: ModeRules {
  /// Whether a recipe asks for the mode by name. Only then are 4 symmetric bits ONNX Runtime's own -8 ... 7.
  var isNamed: Bool

  var rounding: LinearOptions.Rounding { .halfEven }
  var biases: (any BiasRules)? { OnnxRuntimeBiases() }
  var tensors: any TensorRules { OnnxRuntimeTensors() }

  func parameters(low: Float, high: Float, _ form: LinearForm) -> LinearParameters {
    let isSymmetric = form.scheme == .symmetric
    let options = form.options
    var (lowest, highest) = options.integers.bounds(
      bits: form.bits, isSigned: options.isSigned,
      leavesOutLowest: isSymmetric && !(isNamed && form.bits == 4))
    var (low, high) = (Double(low), Double(high))
    if isSymmetric {
      high = max(-low, high)
      low = -high
    }
    let scale = (high - low) / Double(highest - lowest)
    if scale < Double(Float.leastNormalMagnitude) {
      // Where 0 is left out, as in narrow unsigned integers, the one that is next to it.
      return LinearParameters(scale: 1, zeroPoint: max(0, lowest), lowest: lowest, highest: highest)
    }
    let exact = isSymmetric ? Double(lowest + highest) / 2 : Double(lowest) - low / scale
    // The zero point is rounded, and so the ends can come out one beyond: ONNX Runtime clips to the width's
    // own integers, not to the reduced ones.
    if options.integers == .reduced {
      let half = 1 << (form.bits - 1)
      lowest = max(lowest - 1, options.isSigned ? -half : 0)
      highest = min(highest + 1, options.isSigned ? half - 1 : 2 * half - 1)
    }
    return LinearParameters(
      scale: Float(scale), zeroPoint: Int(exact.rounded(.toNearestOrEven)), lowest: lowest, highest: highest)
  }
}

private struct OnnxRuntimeBiases: BiasRules {
  /// The scale grows where the bias would not fit, if the weight is signed and symmetric.
  func fitting(_ weight: LinearParameters, bias: Float, isChannel: Bool, input: Float) -> LinearParameters {
    // A channel's own bias is widened in float32, the largest of all in float64.
    let wide = isChannel ? Double(1.0001 * (2 * bias.magnitude)) : 1.0001 * (2 * Double(bias.magnitude))
    let least = wide / (Double(Int32.max) - Double(Int32.min + 1))
    let scale = Double(input) * Double(weight.scale)
    guard weight.zeroPoint == 0, weight.lowest < 0, scale > 0, scale < least else { return weight }
    var grown = weight
    grown.scale = Float(Double(weight.scale) * (least / scale))
    return grown
  }

  func round(_ bias: Float, scale: Float) -> Int32 {
    let exact = (Double(bias) / Double(scale)).rounded(.toNearestOrEven)
    return exact.isNaN ? 0 : Int32(min(max(exact, Double(Int32.min)), Double(Int32.max)))
  }
}

private struct OnnxRuntimeTensors: TensorRules {
  func role(of node: Node, isLayer: Bool, opset: Int) -> NodeRole {
    switch node.type.name {
    case "Conv", "Gemm", "MatMul": isLayer ? .layer : .all
    case "Relu", "Clip": .folded
    case "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "AveragePool", "Slice", "TopK":
      .sameAsInput(always: false)
    case "Resize": opset < 11 ? .none : .sameAsInput(always: false)
    case "Split": .sameAsInput(always: true)
    case "MaxPool": opset < 12 ? .none : .sameAsInput(always: false)
    case "BatchNormalization", "LayerNormalization": .normalization
    case "Add", "Mul", "LeakyRelu", "Sigmoid", "GlobalAveragePool", "Concat", "Softmax": .all
    case "Gather", "GatherElements": .gather
    case "Pad": .pad
    default: .none
    }
  }

  /// An affine pair cuts off what the clamp would; ONNX Runtime then takes the clamp out too. A symmetric one does not.
  func dropsInput(_ scheme: Scheme) -> Bool { scheme == .affine }

  func adjust(_ ranges: inout [String: ActivationRanges.Range], by node: Node, isSole: (String) -> Bool) {
    switch node.type.name {
    case "Relu", "Clip":
      if isSole(node.inputs[0]), let range = ranges[node.outputs[0]] { ranges[node.inputs[0]] = range }
    case "Softmax": ranges[node.outputs[0]] = .init(low: 0, high: 1)
    default: return
    }
  }
}
