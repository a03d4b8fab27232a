extension Recipe {
  /// Whether what it does to weights depends on samples, and with it what the model will cost.
  public var observes: Bool {
    let quantized = weights.filter { $0.bits != BitWidth.float }
    return isPlannedBySamples || quantized.contains { $0.observedSamples != nil }
      || correctsBiases && !quantized.isEmpty
  }

  /// Whether it can be carried out with samples only.
  public var needsSamples: Bool { observes || activations.contains { $0.bits != BitWidth.float } }

  /// Whether its plan depends on samples: which weights go, how channels are scaled.
  var isPlannedBySamples: Bool {
    smooth != nil || !repair.isNothing || pruning.contains { $0.observes && !$0.amount.isNothing }
  }
}

extension WeightRule {
  /// The number of samples on which its layers are observed to round them; nil where that is not asked for.
  var observedSamples: Int? {
    guard case .gptq(let options) = linear.method, scheme.linear != nil else { return nil }
    return options.samples
  }
}
