import Foundation
import Graph
import Tensor

/// SmoothQuant (Xiao et al. 2022, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language
/// Models"): channels with far larger activations than others give of their range to the weights that read them,
/// `s = max |X|^alpha / max |W|^(1 - alpha)` for each channel; X is divided by s where it is made, W multiplied.
///
/// X is divided in the constants that make it: scale and bias of the normalisation before, the weight and bias of the layer
/// before, through nodes that keep a channel's scale. Where that cannot be, since something else reads X too, as the sum behind
/// a post-norm block does, or an activation such as Gelu or Sigmoid stands between, nothing is put in: the channels stay as they
/// are. max |W| is of all layers that read X, as they are before anything is smoothed.
struct Smoothing: Sendable {
  let scales: [String: ChannelScales]
  /// By the weight of a layer: what is added to its output channels is scaled by that.
  let added: [String: ChannelScales]

  /// Samples on which activations are observed.
  static let samples = PruningRule.standardSamples
  /// A channel whose range is this share of the largest one or less is dead, and keeps what it has.
  private static let dead = 1e-6

  /// The channels of a model that can be smoothed; no layer reads two of them.
  static func channels(of model: Model) -> [ScaledChannels] {
    let search = ChannelSearch(model)
    var seen: Set<String> = []
    return model.graph.nodes.indices.compactMap { node in
      guard let found = search.channels(of: node),
        found.readers.allSatisfy({ !seen.contains($0.weight.constant) })
      else { return nil }
      seen.formUnion(found.readers.map(\.weight.constant))
      return found
    }
  }

  /// - Parameters:
  ///   - all: channels of the model.
  ///   - maxima: the largest magnitude of each of them over samples.
  ///   - constants: of the model, by name.
  init(_ all: [ScaledChannels], maxima: [[Double]], alpha: Double, constants: (String) -> Tensor?) {
    var scales: [String: ChannelScales] = [:]
    var added: [String: ChannelScales] = [:]
    for (channels, maxima) in zip(all, maxima) {
      var weights = [Double](repeating: 0, count: channels.channels)
      for reader in channels.readers {
        guard let tensor = constants(reader.weight.constant) else { continue }
        let ranges = tensor.withElements(of: Float.self) {
          reader.weight.ranges($0, tensor.shape, channels: channels.channels)
        }
        weights = zip(weights, ranges).map { max($0, $1) }
      }
      let factors = Self.factors(maxima, weights, alpha)
      let inverse = factors.map { 1 / $0 }
      for maker in channels.makers { scales.multiply(maker, by: inverse) }
      if let maker = channels.makers.first {
        added[maker.constant, default: ChannelScales()].multiply(inverse, along: 0)
      }
      for reader in channels.readers { scales.multiply(reader.weight, by: factors) }
    }
    self.scales = scales
    self.added = added
  }

  private static func factors(_ data: [Double], _ weights: [Double], _ alpha: Double) -> [Double] {
    let least = [data, weights].map { ($0.max() ?? 0) * dead }
    return zip(data, weights).map { data, weight in
      guard data > least[0], weight > least[1], data.isFinite, weight.isFinite else { return 1 }
      return pow(data, alpha) / pow(weight, 1 - alpha)
    }
  }
}

/// What decides how channels are smoothed.
struct SmoothingKey: Hashable, Sendable {
  var alpha: Double
  var isEqualized: Bool
  var data: ContentHash
}
