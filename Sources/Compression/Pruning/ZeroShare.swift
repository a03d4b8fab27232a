import Graph
import Tensor

/// APoZ, the average percentage of zeros: output channels that are zero most often behind their activation, over
/// samples and positions, go first (Hu, Peng, Tai and Tang, "Network trimming: a data-driven neuron pruning approach
/// towards efficient deep architectures", 2016). The score is the share that is not zero.
public struct ZeroShare: ChannelCriterion {
  public static let names = ["apoz"]
  public static let observes: Set<LayerObservation.Kind> = [.zeros]

  public init(_ rule: PruningRule) {}

  public var name: String { "APoZ" }

  public static func applies(to layer: Layer, in typed: TypedGraph) -> Bool {
    typed.activatedOutput(of: layer) != nil
  }

  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) throws(CompressionError) -> [Double] {
    let layer = weight.layer
    guard axis == layer.slot.outputAxis, let zeros = weight.observation?.zeros,
      zeros.count == weight.tensor.shape[axis]
    else {
      throw .layer(
        layer.name,
        reason: "criterion apoz ranks output channels only, which are axis \(layer.slot.outputAxis)")
    }
    return zeros.map { 1 - $0 }
  }
}
