import Graph

/// The observers of `torch.ao.quantization` (torch 2.15): `UniformQuantizationObserverBase._calculate_qparams`, in
/// float32, and `quantize_per_tensor`, which multiplies with the scale's reciprocal. Biases stay float.
struct TorchMode: ModeRules {
  /// The observers' `eps`: no scale is smaller.
  private static let epsilon = Float.ulpOfOne

  var rounding: LinearOptions.Rounding { .halfEven }
  var biases: (any BiasRules)? { nil }
  var tensors: any TensorRules { TorchTensors() }

  func parameters(low: Float, high: Float, _ form: LinearForm) -> LinearParameters {
    let half = 1 << (form.bits - 1)
    let (integers, isSigned) = (form.options.integers, form.options.isSigned)
    var (lowest, highest) = integers.bounds(bits: form.bits, isSigned: isSigned, leavesOutLowest: false)
    if integers == .reduced && isSigned { highest -= 1 }
    let scale: Float
    let zeroPoint: Int
    if form.scheme == .symmetric {
      scale = max(max(-low, high) / (Float(highest - lowest) / 2), Self.epsilon)
      let isOwn = form.bits == 8 && integers != .narrow
      zeroPoint = isSigned ? 0 : isOwn ? half : (lowest + highest) / 2
    } else {
      scale = max((high - low) / Float(highest - lowest), Self.epsilon)
      let exact = lowest - Int((low / scale).rounded(.toNearestOrEven))
      zeroPoint = min(max(exact, lowest), highest)
    }
    // A reduced range decides the scale alone: what is clipped to is the type's own.
    if integers == .reduced { (lowest, highest) = isSigned ? (-half, half - 1) : (0, 2 * half - 1) }
    return LinearParameters(
      scale: scale, zeroPoint: zeroPoint, lowest: lowest, highest: highest, inverse: 1 / scale)
  }
}

/// What flows into quantized modules and out of them; a module takes in the batch normalization and the clamp behind it.
private struct TorchTensors: TensorRules {
  func role(of node: Node, isLayer: Bool, opset: Int) -> NodeRole {
    switch node.type.name {
    case "BatchNormalization", "Relu", "Clip": .folded
    case "MaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose": .sameAsInput(always: false)
    default: isLayer ? .layer : .none
    }
  }
}
