import Graph
import Tensor

/// A bias that becomes int32, with the scale of the products of input and weight.
struct QuantizedBias: Hashable, Sendable {
  var place: TensorMarks.RoundedBias
  /// The pair or constant that has the scale of the data.
  var provider: String
  /// Whether an earlier bias is made of the same constant, so that this one needs one of its own.
  var isCopy: Bool

  /// The integers and their scales.
  ///
  /// - Parameters:
  ///   - bias: of float32.
  ///   - input: the scale of the data.
  ///   - weights: the scales of the weight, one or one for each number.
  func quantized(_ bias: Tensor, input: Float, weights: [Float], by rules: any BiasRules) -> QuantizedWeight {
    let scales = weights.map { input * $0 * place.beta }
    let integers = bias.floats.enumerated().map { index, value in
      rules.round(value, scale: scales.count == 1 ? scales[0] : scales[index])
    }
    return QuantizedWeight(
      integers: Tensor(integers, shape: bias.shape), scales: scales,
      granularity: scales.count == 1 ? .tensor : .axis(bias.shape.rank - 1))
  }
}
