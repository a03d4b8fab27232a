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
  /// By the weight of a layer that has no bias: what one would be scaled by.
  let unbiased: [String: ChannelScales]

  /// Sweeps over all pairs after which there is nothing left to win.
  private static let sweeps = 30
  /// A sweep in which every factor is this close to 1 is the last.
  private static let tolerance = 1e-3
  /// A channel whose range is this share of the largest one or less is dead.
  private static let dead = 1e-6

  /// - Complexity: linear in the elements of the linked weights, for each sweep.
  init(_ model: Model) {
    let pairs = EqualizedPair.all(of: model)
    var scales: [String: ChannelScales] = [:]
    var unbiased: [String: ChannelScales] = [:]
    var weights: [String: [Float]] = [:]
    for name in pairs.flatMap({ [$0.first.weight.constant, $0.second.constant] }) {
      weights[name] = model.graph.constants[name]?.array(of: Float.self)
    }
    /// Multiplies positions of a constant, and of the copy by which ranges are found.
    func scale(_ place: EqualizedPair.Place, by factors: [Double]) {
      let spread = factors.flatMap { [Double](repeating: $0, count: place.block) }
      scales[place.constant, default: ChannelScales()].multiply(spread, along: place.axis)
      guard let shape = model.graph.constants[place.constant]?.shape else { return }
      weights[place.constant]?.withUnsafeMutableBufferPointer { values in
        shape.forEachRun(along: place.axis) { slice, run in
          for index in run { values[index] = Float(Double(values[index]) * spread[slice]) }
        }
      }
    }
    /// The largest magnitude of each channel.
    func ranges(_ place: EqualizedPair.Place, _ channels: Int) -> [Double] {
      var ranges = [Float](repeating: 0, count: channels)
      guard let shape = model.graph.constants[place.constant]?.shape else { return [] }
      weights[place.constant]?.withUnsafeBufferPointer { values in
        shape.forEachRun(along: place.axis) { slice, run in
          let channel = slice / place.block
          for index in run { ranges[channel] = max(ranges[channel], values[index].magnitude) }
        }
      }
      return ranges.map(Double.init)
    }
    for _ in 0..<Self.sweeps {
      var farthest = 0.0
      for pair in pairs {
        let factors = Self.factors(
          ranges(pair.first.weight, pair.channels), ranges(pair.second, pair.channels))
        farthest = max(farthest, factors.reduce(0) { max($0, abs($1 - 1)) })
        let inverse = factors.map { 1 / $0 }
        scale(pair.first.weight, by: inverse)
        if let bias = pair.first.bias {
          scale(bias, by: inverse)
        } else {
          unbiased[pair.first.weight.constant, default: ChannelScales()].multiply(inverse, along: 0)
        }
        scale(pair.second, by: factors)
      }
      if farthest < Self.tolerance { break }
    }
    self.scales = scales
    self.unbiased = unbiased
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

/// Factors for the positions along some axes of one constant.
struct ChannelScales: Sendable {
  private var factors: [Int: [Double]] = [:]

  mutating func multiply(_ other: [Double], along axis: Int) {
    factors[axis] = factors[axis].map { zip($0, other).map { $0 * $1 } } ?? other
  }

  /// For a constant from which positions are taken out.
  func cut(_ cuts: Cuts) -> ChannelScales {
    if cuts.isEmpty { return self }
    var result = self
    for (axis, positions) in cuts.positions {
      let gone = Set(positions)
      result.factors[axis] = factors[axis]?.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    }
    return result
  }

  /// The elements, each times the factors of its positions, rounded once for each axis.
  func applied(to tensor: Tensor) -> Tensor {
    Tensor(of: Float.self, shape: tensor.shape) { target in
      tensor.withElements(of: Float.self) { _ = target.initialize(from: $0) }
      for (axis, factors) in factors.sorted(by: { $0.key < $1.key }) {
        tensor.shape.forEachRun(along: axis) { slice, run in
          for index in run { target[index] = Float(Double(target[index]) * factors[slice]) }
        }
      }
    }
  }
}
