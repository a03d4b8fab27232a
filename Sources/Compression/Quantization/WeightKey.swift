import Tensor

/// What decides a weight before it is rounded: the constant, what is pruned, what is cut,
/// what repairs made of it, and whether its channels are equalised.
struct WeightKey: Hashable, Sendable {
  var name: String
  var pruning: LayerPruning
  var cuts: Cuts
  var repaired: ContentHash?
  var isEqualized: Bool
}

/// What decides a quantized weight.
struct QuantizedKey: Hashable, Sendable {
  var weight: WeightKey
  /// Without its layers.
  var rule: WeightRule
}
