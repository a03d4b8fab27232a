import Tensor

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

extension [String: ChannelScales] {
  /// Multiplies the channels of a constant.
  mutating func multiply(_ place: ScaledChannels.Place, by factors: [Double]) {
    let spread = factors.flatMap { [Double](repeating: $0, count: place.block) }
    self[place.constant, default: ChannelScales()].multiply(spread, along: place.axis)
  }
}

extension ScaledChannels.Place {
  /// The largest magnitude of each channel.
  ///
  /// - Parameters:
  ///   - values: of the constant.
  ///   - shape: its sizes.
  func ranges(_ values: UnsafeBufferPointer<Float>, _ shape: Shape, channels: Int) -> [Double] {
    var ranges = [Float](repeating: 0, count: channels)
    shape.forEachRun(along: axis) { slice, run in
      let channel = slice / block
      for index in run { ranges[channel] = max(ranges[channel], values[index].magnitude) }
    }
    return ranges.map(Double.init)
  }
}
