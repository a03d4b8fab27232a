import Graph
import Tensor

/// A model after a recipe: an ordinary graph, and what was done to each layer.
public struct CompressedModel: Sendable {
  public let graph: Graph
  /// What it was made by, as its file says.
  public var recipe: Recipe
  /// In the model's order, one for every layer.
  public let layers: [LayerReport]
  /// The ranges by which activations were quantized, by tensor; empty where none were.
  public let ranges: ActivationRanges
}

/// What a recipe did to one layer.
public struct LayerReport: Hashable, Sendable {
  public var name: String
  /// Weights set to zero or taken out, by the layer's own rule or by that of one whose channels go with its own.
  public var pruned: Int
  /// Channels set to zero or taken out, in order.
  public var prunedChannels: [Int]
  /// Whether those channels were taken out.
  public var removed: Bool
  /// Weights of this magnitude or less went; nil unless single weights were pruned.
  public var threshold: Float?
  /// 32 where the weight was left as it is.
  public var weightBits: Int
  /// 32 where the input was left as it is.
  public var activationBits: Int
  /// The tensor whose values are quantized for the layer, if they are.
  public var activation: String?
}
