import Tensor

/// What decides a weight before it is rounded: the constant, what is pruned, what is cut,
/// and whether its channels are equalised or smoothed.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning
  var cuts: Cuts
  var isEqualized: Bool
  var smoothing: SmoothingKey?

  /// Whether its elements are those of the model, if they are not pruned.
  var isScaled: Bool { isEqualized || smoothing != nil }
}

/// What decides the float model that is quantized.
struct FloatModelKey: Hashable, Sendable {
  var pruning = PruningPlan()
  var isEqualized = false
  var smoothing: SmoothingKey?
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
  /// What its layer reads, where the rule's method observes that.
  var observed: Observed?

  struct Observed: Hashable, Sendable {
    var model: FloatModelKey
    var data: ContentHash
  }
}
