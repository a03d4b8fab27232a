/// The tool whose way of quantizing linearly is followed, to the last bit: which integers there are, how scales and zero
/// points come from ranges, how numbers are rounded, what becomes of biases, and which tensors are rounded.
public enum QuantizationMode: String, Hashable, Sendable, CaseIterable {
  /// ONNX Runtime's `quantize_static` in its QDQ format.
  case onnxruntime
  /// TensorFlow Lite's 8-bit quantization.
  case tflite
  /// The observers of `torch.ao.quantization`.
  case torch
}

/// Which tensors of a model are rounded where activations are quantized.
public enum QuantizedTensors: String, Hashable, Sendable, CaseIterable {
  /// What flows into layers.
  case inputs
  /// All that the tool of the mode would round, biases among them where it does so.
  case all

  /// What a recipe means that does not say.
  public static func standard(in mode: QuantizationMode?) -> QuantizedTensors { mode == nil ? .inputs : .all }
}

extension Recipe {
  /// Whether all rules of quantization are such as the tool of the mode has.
  ///
  /// - Parameter list: where the lists of rules are.
  /// - Throws: `RecipeError` that names the field.
  func validateMode(in list: String) throws(RecipeError) {
    guard mode == .tflite else { return }
    func require(_ fits: Bool, _ field: String, _ what: String) throws(RecipeError) {
      if !fits {
        throw RecipeError(field: "\(list).\(field)", reason: "must be \(what) in the mode \"tflite\"")
      }
    }
    for (index, rule) in weights.enumerated() where rule.bits != BitWidth.float {
      let rulePath = "weights[\(index)]"
      try require(rule.bits == 8, "\(rulePath).bits", "8 or 32")
      try require(rule.scheme == .symmetric, "\(rulePath).scheme", "\"symmetric\"")
      try require(rule.linear.isSigned, "\(rulePath).signed", "true")
      if case .block = rule.granularity {
        try require(false, "\(rulePath).granularity", "\"tensor\" or \"channel\"")
      }
    }
    for (index, rule) in activations.enumerated() where rule.bits != BitWidth.float {
      let rulePath = "activations[\(index)]"
      try require(rule.bits == 8, "\(rulePath).bits", "8 or 32")
      try require(rule.scheme == .affine, "\(rulePath).scheme", "\"affine\"")
      try require(rule.isSigned, "\(rulePath).signed", "true")
    }
  }
}
