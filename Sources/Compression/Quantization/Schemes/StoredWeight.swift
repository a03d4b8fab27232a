import Engine
import Foundation
import Graph
import Tensor

/// A weight in the form in which it is written.
protocol StoredWeight: Sendable {
  /// Of one element.
  var bits: Int { get }
  /// Elements that do not stand for zero.
  var nonzero: Int { get }
  /// Bytes that come beside the elements: scales, zero points, codebooks.
  var addedBytes: Int { get }
  /// Bytes that it takes in memory, about.
  var byteCount: Int { get }
  /// The weights that the model computes with, float32.
  var dequantized: Tensor { get }

  /// The nodes and constants for the weight, whose constant keeps its name.
  ///
  /// - Parameter fresh: makes a name that the graph does not have yet.
  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion
}

extension StoredWeight {
  /// Signal to noise of the rounding, in dB: `10 log10(Σ w² / Σ (w - ŵ)²)`; infinite where nothing is lost.
  func signalToNoise(of weight: Tensor) -> Double {
    var (signal, noise) = (0.0, 0.0)
    for (exact, rounded) in zip(weight.floats, dequantized.floats) {
      signal += Double(exact) * Double(exact)
      noise += (Double(exact) - Double(rounded)) * (Double(exact) - Double(rounded))
    }
    return noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}

/// Why a weight cannot take a form, without a subject: "has a weight that is not finite".
struct WeightMismatch: Error {
  let reason: String

  static let notFinite = WeightMismatch(reason: "has a weight that is not finite")
}

extension WeightRule {
  /// The registry: each scheme is one file beside this, and one line here.
  ///
  /// - Parameters:
  ///   - slot: the axes of the weight.
  ///   - opset: of the model, as some forms are younger than others.
  ///   - mode: the tool that linear schemes follow.
  ///   - ranges: of linear schemes, where they are known.
  ///   - products: `Xᵀ X` of the layer's inputs by group, where the rule's method asks for them.
  /// - Throws: `WeightMismatch`.
  func store(
    _ weight: Tensor, slot: WeightSlot?, opset: Int, mode: QuantizationMode?, ranges: WeightRanges? = nil,
    products: [SymmetricMatrix] = []
  ) throws(WeightMismatch) -> any StoredWeight {
    switch scheme {
    case .symmetric, .affine:
      try QuantizedWeight(
        weight, rule: self, slot: slot, mode: mode, ranges: ranges, products: products)
    case .minMax: try MinMaxWeight(weight, bits: bits)
    case .codebook: try CodebookWeight(clustering: weight, bits: bits)
    case .powerOfTwo: try CodebookWeight(powersOfTwo: weight, bits: bits)
    case .float16: try CastWeight(weight, as: .float16)
    case .bfloat16: try CastWeight(weight, as: .bfloat16)
    case .float8E4M3: try Float8Weight(weight, as: .e4m3fn, .float8e4m3fn).form(opset: opset)
    case .float8E5M2: try Float8Weight(weight, as: .e5m2, .float8e5m2).form(opset: opset)
    }
  }
}
