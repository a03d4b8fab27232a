import Tensor

/// What decides a weight before it is rounded: the constant, what is pruned and silenced, what is cut,
/// what repairs made of it, and whether its channels are equalised or smoothed.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning = .none
  var silenced = Cuts()
  var cuts = Cuts()
  var repaired: ContentHash?
  var isEqualized = false
  var smoothing: SmoothingKey?

  /// Whether nothing but its pruning changes it.
  var isOnlyPruned: Bool {
    silenced.isEmpty && cuts.isEmpty && repaired == nil && !isEqualized && smoothing == nil
  }

  /// Whether it is the model's constant as it is.
  var isUntouched: Bool { pruning == .none && isOnlyPruned }
}

/// What decides the float model that is quantized.
struct FloatModelKey: Hashable, Sendable {
  var pruning = PruningPlan()
  var repaired: ContentHash?
  var isEqualized = false
  var smoothing: SmoothingKey?
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
  var mode: QuantizationMode?
  /// What its layer reads, where the rule's method observes that.
  var observed: Observed?

  struct Observed: Hashable, Sendable {
    var model: FloatModelKey
    var data: ContentHash
  }

  init(_ weight: WeightKey, _ rule: WeightRule, _ mode: QuantizationMode?) {
    self.weight = weight
    self.rule = rule
    self.rule.layers = []
    self.mode = mode
  }
}

/// What decides the ranges of a weight as it is.
struct RangesKey: Hashable, Sendable {
  var weight: String
  var granularity: Granularity
}
