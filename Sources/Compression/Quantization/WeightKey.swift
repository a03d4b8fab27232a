/// What decides a weight before it is rounded: the constant, what is pruned, what is cut,
/// and whether its channels are equalised.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning
  var cuts: Cuts
  var isEqualized: Bool
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
  var mode: QuantizationMode?
}
