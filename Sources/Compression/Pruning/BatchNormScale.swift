import Graph
import Tensor

/// The magnitude of the scale γ by which the batch normalisation behind a layer multiplies the channel ("network
/// slimming": Liu, Li, Shen, Huang, Yan and Zhang, "Learning efficient convolutional networks through network
/// slimming", ICCV 2017).
public struct BatchNormScale: ChannelCriterion {
  public static let names = ["batch_norm"]

  public init(_ rule: PruningRule) {}

  public var name: String { "batch norm" }

  public static func applies(to layer: Layer, in typed: TypedGraph) -> Bool {
    scale(behind: layer, in: typed)?.count == layer.shape[layer.slot.outputAxis]
  }

  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) throws(CompressionError) -> [Double] {
    let layer = weight.layer
    guard axis == layer.slot.outputAxis else {
      throw .layer(
        layer.name,
        reason: "criterion batch_norm ranks output channels only, which are axis \(layer.slot.outputAxis)")
    }
    guard let scale = Self.scale(behind: layer, in: weight.typed), scale.count == weight.tensor.shape[axis]
    else {
      throw .layer(
        layer.name, reason: "criterion batch_norm needs a batch normalisation behind it, and there is none")
    }
    return scale.floats.map { Double(abs($0)) }
  }

  /// Follows the only reader of the layer's output, through what passes values on as they are.
  private static func scale(behind layer: Layer, in typed: TypedGraph) -> Tensor? {
    let consumers = typed.consumers
    var value = typed.graph.nodes[layer.node].outputs.first
    while let name = value, let readers = consumers[name], readers.count == 1 {
      let node = typed.graph.nodes[readers[0]]
      guard let op = typed.operators[readers[0]], node.input(0) == name else { return nil }
      if let norm = op as? BatchNormalization {
        return norm.isSpatial ? node.input(1).flatMap { typed.graph.constants[$0] } : nil
      }
      guard op.weightPath == 0 else { return nil }
      value = node.outputs.first
    }
    return nil
  }
}
