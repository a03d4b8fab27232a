/// What calibration knows of one tensor's values over the samples.
struct TensorStatistics: Hashable, Sendable {
  /// The least and the greatest value, widened to include 0.
  var extremes: ActivationRanges.Range
  /// The moving averages of the batches' least and greatest values, widened to include 0.
  var averages: ActivationRanges.Range
  /// The same of the batches' own values, without 0 among them.
  private(set) var plainAverages: ActivationRanges.Range
  /// The least magnitude of all.
  var leastMagnitude: Float
  /// Of values, between the extremes; nil until it is asked for.
  var values: Histogram?
  /// Of magnitudes, between the least and the greatest.
  var magnitudes: Histogram?

  /// Of one batch.
  init(_ extent: FloatExtent, leastMagnitude: Float) {
    extremes = .init(low: extent.low, high: extent.high)
    averages = extremes
    plainAverages = .init(
      low: extent.low < 0 ? extent.low : leastMagnitude, high: extent.high > 0 ? extent.high : -leastMagnitude
    )
    self.leastMagnitude = leastMagnitude
  }

  /// Takes in the next batch.
  mutating func merge(_ next: TensorStatistics) {
    extremes.low = min(extremes.low, next.extremes.low)
    extremes.high = max(extremes.high, next.extremes.high)
    let constant = MovingAverageCalibration.constant
    averages.move(towards: next.averages, by: constant)
    plainAverages.move(towards: next.plainAverages, by: constant)
    leastMagnitude = min(leastMagnitude, next.leastMagnitude)
  }

  /// Starts histograms, which the same batches are then added to.
  mutating func startHistograms() {
    values = Histogram(low: extremes.low, high: extremes.high)
    magnitudes = Histogram(low: leastMagnitude, high: max(-extremes.low, extremes.high))
  }

  mutating func add(_ batch: UnsafeBufferPointer<Float>) {
    values?.add(batch) { $0 }
    magnitudes?.add(batch) { $0.magnitude }
  }

  /// Both ends no further from zero than `threshold`.
  func clipped(at threshold: Float) -> ActivationRanges.Range {
    .init(low: max(extremes.low, -threshold), high: min(extremes.high, threshold))
  }
}

extension ActivationRanges.Range {
  fileprivate mutating func move(towards next: Self, by share: Float) {
    low += share * (next.low - low)
    high += share * (next.high - high)
  }
}

/// How many of some numbers lie in each of 2048 equal parts of a range.
struct Histogram: Hashable, Sendable {
  /// As many as ONNX Runtime's percentile calibration and TensorRT's entropy calibration take.
  static let bins = 2048

  let low: Float
  let high: Float
  private(set) var counts = [Int](repeating: 0, count: bins)
  private let step: Float

  /// A range of one value is widened by a half to both sides, as NumPy does it.
  init(low: Float, high: Float) {
    self.low = low < high ? low : low - 0.5
    self.high = low < high ? high : high + 0.5
    step = (self.high - self.low) / Float(Self.bins)
  }

  /// Where bin `index` begins, as NumPy's `linspace` computes it.
  func edge(_ index: Int) -> Float { index == Self.bins ? high : Float(index) * step + low }

  /// The middles of the bins that hold something, with how much.
  var points: [(value: Float, count: Double)] {
    counts.indices.filter { counts[$0] > 0 }.map { (low + (Float($0) + 0.5) * step, Double(counts[$0])) }
  }

  /// Counts numbers, of which none lies outside.
  mutating func add(_ batch: UnsafeBufferPointer<Float>, _ transform: (Float) -> Float) {
    let factor = 1 / step
    let (low, step) = (low, step)
    counts.withUnsafeMutableBufferPointer { counts in
      for each in batch {
        let value = transform(each)
        var bin = min(max(Int((value - low) * factor), 0), Self.bins - 1)
        // Rounding may have put it over an edge.
        if bin > 0 && value < Float(bin) * step + low {
          bin -= 1
        } else if bin < Self.bins - 1 && value >= Float(bin + 1) * step + low {
          bin += 1
        }
        counts[bin] += 1
      }
    }
  }
}
