/// A way to choose the range of real numbers that integers are to stand for.
protocol RangeCalibration: Sendable {
  /// Whether it needs to know how values are distributed, for which the model runs a second time.
  var needsHistograms: Bool { get }

  /// - Parameters:
  ///   - tensor: what was measured; with histograms where they are needed.
  ///   - form: what is made of the range, 2 to 8 bits.
  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range
}

extension Calibration {
  /// The registry: each calibration is one file beside this, and one line here.
  var method: any RangeCalibration {
    switch self {
    // What was learned is written in the model, and asked for before anything is measured.
    case .minmax, .learned: MinMaxCalibration()
    case .movingAverage: MovingAverageCalibration()
    case .percentile(let percentile): PercentileCalibration(percentile: percentile)
    case .entropy: EntropyCalibration()
    case .mse: SquaredErrorCalibration()
    }
  }
}
