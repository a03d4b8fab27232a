/// What decides a weight before it is rounded: the constant, what is pruned, and what is cut.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning
  var cuts: Cuts
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
}
