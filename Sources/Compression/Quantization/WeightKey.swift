import Tensor

/// What decides a weight before it is rounded: the constant, what is pruned and silenced, what is cut,
/// what repairs made of it, and whether its channels are equalised.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning
  var silenced: Cuts
  var cuts: Cuts
  var repaired: ContentHash?
  var isEqualized: Bool
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
  var mode: QuantizationMode?

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
