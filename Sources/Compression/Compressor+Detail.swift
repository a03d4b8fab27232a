import Graph
import Tensor

/// What a dashboard shows of one layer.
public struct LayerDetail: Hashable, Sendable {
  /// Number of weights in each of as many equal parts of `low...high`, before the recipe.
  public var histogram: [Int]
  public var low: Float
  public var high: Float
  /// Weights of this magnitude or less are pruned; nil unless single weights are.
  public var threshold: Float?
  /// Weights that are zero after the recipe.
  public var zeros: Int
  /// Weights that there are after the recipe.
  public var weights: Int
  /// Signal to quantization noise of the pruned weights, in dB; nil where they are not quantized, infinite
  /// where nothing is lost.
  public var sqnr: Double?
}

extension Compressor {
  /// What a dashboard shows of one layer: the histogram of its weights, and what a recipe does to them.
  ///
  /// - Parameters:
  ///   - index: index in the layers of the model that the recipe begins with.
  ///   - calibration: samples, needed where `estimate` needs them.
  ///   - bins: of the histogram, at least 1.
  /// - Throws: as `estimate`.
  /// - Complexity: linear in the layer's weights.
  public func detail(
    layer index: Int, recipe: Recipe, calibration: CalibrationData? = nil, bins: Int = 64
  ) throws -> LayerDetail {
    let start = try start(of: recipe)
    if start.compressor !== self {
      return try start.compressor.detail(
        layer: index, recipe: start.recipe, calibration: calibration, bins: bins)
    }
    let layer = model.layers[index]
    let plan = try plan(recipe, calibration) { false }
    let values = model.graph.constants[layer.weight]?.floats ?? []
    let key = weightKey(layer.weight, plan)
    let tensor = try tensor(key, plan)
    var detail = LayerDetail(
      histogram: [Int](repeating: 0, count: bins), low: values.min() ?? 0, high: values.max() ?? 0,
      threshold: plan.pruned[index].threshold, zeros: tensor.count - (try nonzeroCount(key, plan)),
      weights: tensor.count, sqnr: nil)
    let width = (Double(detail.high) - Double(detail.low)) / Double(bins)
    if width > 0 && width.isFinite {
      for value in values where value.isFinite {
        let bin = Int((Double(value) - Double(detail.low)) / width)
        detail.histogram[min(max(bin, 0), bins - 1)] += 1
      }
    } else {
      detail.histogram[0] = values.count
    }
    if let rule = plan.weights[layer.weight] {
      let weight = try quantizedWeight(key, rule, plan, SampleSource(data: calibration) { false })
      detail.sqnr = weight.signalToNoise(of: tensor)
      detail.zeros = tensor.count - weight.nonzero
    }
    return detail
  }
}
