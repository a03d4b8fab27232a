import Engine
import Graph
import Tensor

/// A bias that makes up for the rounding of its layer's weight.
struct CorrectedBias: Sendable {
  /// Index in `model.layers`.
  var layer: Int
  var place: BiasPlace
  var tensor: Tensor

  /// Samples on which the means of inputs are observed.
  static let samples = PruningRule.standardSamples
}

/// Bias correction (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias Correction"), from
/// samples, as its appendix D has it: in the order of the graph each layer's bias gives back what the rounding of its
/// weight and of all weights before it adds to the mean of each output channel, `E[Ŵ x̂] - E[W x]`. x are the layer's
/// inputs in the float model, x̂ those in the model with rounded weights and the biases that are corrected already.
/// Rounded activations are left out.
struct BiasCorrection {
  private let layout: WeightMatrix
  private let factor: Double
  /// Of the float model, `[channels]`, each the mean of what the channel sums.
  private let wanted: [Double]

  /// - Parameters:
  ///   - weight: float32.
  ///   - means: of the layer's inputs, by group and column.
  ///   - factor: by which the layer multiplies what it sums.
  init(_ weight: Tensor, slot: WeightSlot, means: [Double], factor: Float) {
    layout = WeightMatrix(weight.shape, outputAxis: slot.outputAxis)
    self.factor = Double(factor)
    wanted = layout.sums(of: weight.floats, times: means)
  }

  /// What is to be added to each output channel.
  ///
  /// - Parameters:
  ///   - weight: the rounded one.
  ///   - means: of inputs in the rounded model.
  func change(_ weight: Tensor, means: [Double]) -> [Double] {
    zip(wanted, layout.sums(of: weight.floats, times: means)).map { factor * ($0 - $1) }
  }

  /// Where the layers of a model that can be observed have a bias to correct, `layer` an index in `model.layers`. One
  /// that a layer has, or can be given, comes before one behind it: what is behind may be rounded as an activation is.
  static func places(of model: Model) -> [(layer: Int, place: BiasPlace)] {
    model.layers.indices.compactMap { index in
      let layer = model.layers[index]
      guard LayerObserver.canObserve(layer, in: model.typed) else { return nil }
      let places = BiasPlace.all(of: layer, in: model.typed)
      return (places.first { $0.node == layer.node } ?? places.first).map { (index, $0) }
    }
  }
}
