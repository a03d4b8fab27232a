import Graph
import Tensor

/// A bias that makes up for the rounding of its layer's weight.
struct CorrectedBias: Sendable {
  var place: CorrectedPlace
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
  let slot: WeightSlot
  /// Of the float model, `[channels]`, each the mean of what the channel sums.
  private let wanted: [Double]

  /// - Parameters:
  ///   - weight: float32.
  ///   - means: of the layer's inputs, by group and column.
  init(_ weight: Tensor, slot: WeightSlot, means: [Double]) {
    self.slot = slot
    wanted = Self.sums(weight, slot, means)
  }

  /// - Parameters:
  ///   - bias: as it is; nil for zeros.
  ///   - weight: the rounded one.
  ///   - means: of inputs in the rounded model.
  func corrected(_ bias: Tensor?, at place: CorrectedPlace, weight: Tensor, means: [Double]) -> CorrectedBias
  {
    let found = Self.sums(weight, slot, means)
    let old = bias?.floats ?? [Float](repeating: 0, count: found.count)
    let gain = Double(place.sumFactor) / Double(place.factor)
    let new = found.indices.map { Float(Double(old[$0]) - gain * (found[$0] - wanted[$0])) }
    return CorrectedBias(place: place, tensor: Tensor(new, shape: bias?.shape ?? [new.count]))
  }

  private static func sums(_ weight: Tensor, _ slot: WeightSlot, _ means: [Double]) -> [Double] {
    let layout = WeightMatrix(weight.shape, outputAxis: slot.outputAxis)
    let matrix = layout.gathered(weight.floats)
    let perGroup = max(1, layout.rows * layout.columns / max(1, means.count))
    return (0..<layout.rows).map { row in
      let (at, group) = (row * layout.columns, row / perGroup * layout.columns)
      return (0..<layout.columns).reduce(0) { $0 + Double(matrix[at + $1]) * means[group + $1] }
    }
  }
}
