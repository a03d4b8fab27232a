import Graph
import Tensor

/// Cross-layer equalisation (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias
/// Correction"): the factors by which channels of a model's constants are scaled so that what one layer writes and
/// what the next one reads of a channel span the same range, without changing what the model computes.
///
/// They come from the weights as they are, before anything is pruned, and so are the same for every recipe.
struct Equalization: Sendable {
  /// By the name of the constant.
  let scales: [String: ChannelScales]
  /// By the weight of a layer: what is added to its output channels is scaled by that.
  let added: [String: ChannelScales]

  /// Sweeps over all pairs after which there is nothing left to win.
  private static let sweeps = 30
  /// A sweep in which every factor is this close to 1 is the last.
  private static let tolerance = 1e-3
  /// A channel whose range is this share of the largest one or less is dead.
  private static let dead = 1e-6

  /// - Complexity: linear in the elements of the linked weights, for each sweep.
  init(_ model: Model) {
    let pairs = Self.pairs(of: model)
    var scales: [String: ChannelScales] = [:]
    var added: [String: ChannelScales] = [:]
    var weights: [String: [Float]] = [:]
    for name in pairs.flatMap({ [$0.first.constant, $0.second.constant] }) {
      weights[name] = model.graph.constants[name]?.array(of: Float.self)
    }
    /// Multiplies positions of a constant, and of the copy by which ranges are found.
    func scale(_ place: ScaledChannels.Place, by factors: [Double]) {
      scales.multiply(place, by: factors)
      guard let shape = model.graph.constants[place.constant]?.shape else { return }
      weights[place.constant]?.withUnsafeMutableBufferPointer { values in
        shape.forEachRun(along: place.axis) { slice, run in
          for index in run {
            values[index] = Float(Double(values[index]) * factors[slice / place.block])
          }
        }
      }
    }
    func ranges(_ place: ScaledChannels.Place, _ channels: Int) -> [Double] {
      guard let shape = model.graph.constants[place.constant]?.shape else { return [] }
      return weights[place.constant]?.withUnsafeBufferPointer {
        place.ranges($0, shape, channels: channels)
      } ?? []
    }
    for _ in 0..<Self.sweeps {
      var farthest = 0.0
      for pair in pairs {
        let factors = Self.factors(
          ranges(pair.first, pair.channels), ranges(pair.second, pair.channels))
        farthest = max(farthest, factors.reduce(0) { max($0, abs($1 - 1)) })
        let inverse = factors.map { 1 / $0 }
        for place in [pair.first] + pair.others { scale(place, by: inverse) }
        added[pair.first.constant, default: ChannelScales()].multiply(inverse, along: 0)
        scale(pair.second, by: factors)
      }
      if farthest < Self.tolerance { break }
    }
    self.scales = scales
    self.added = added
  }

  /// Two layers of which the second alone reads what the first writes.
  private struct Pair {
    var channels: Int
    var first: ScaledChannels.Place
    /// What is added to the first one's channels, and means of a normalisation that are taken from them.
    var others: [ScaledChannels.Place]
    var second: ScaledChannels.Place
  }

  /// The pairs of a model, in the order of their first layers.
  private static func pairs(of model: Model) -> [Pair] {
    let search = ChannelSearch(model)
    return model.layers.compactMap { layer in
      guard let found = search.channels(of: layer.node), found.readers.count == 1 else {
        return nil
      }
      return Pair(
        channels: found.channels, first: found.makers[0], others: Array(found.makers.dropFirst()),
        second: found.readers[0].weight)
    }
  }

  /// What gives both sides of each channel the range `sqrt(first * second)`.
  ///
  /// A channel that is dead on a side keeps what it has: all that it could win is a bias out of all proportion.
  private static func factors(_ first: [Double], _ second: [Double]) -> [Double] {
    let least = [first, second].map { ($0.max() ?? 0) * dead }
    return zip(first, second).map { first, second in
      guard first > least[0], second > least[1], first.isFinite, second.isFinite else { return 1 }
      return (first / second).squareRoot()
    }
  }
}
