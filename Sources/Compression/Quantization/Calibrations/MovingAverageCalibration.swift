/// The moving averages of the batches' least and greatest values, which one outlier hardly moves: ONNX Runtime's
/// `MinMaxCalibrater` with `moving_average`, where each batch is a collection of its own. In the mode `torch` they are
/// those of its `MovingAverageMinMaxObserver`, which includes 0 in the end only.
struct MovingAverageCalibration: RangeCalibration {
  /// The share that a new batch has in the average: ONNX Runtime's `averaging_constant`.
  static let constant: Float = 0.01

  var needsHistograms: Bool { false }

  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range {
    form.mode == .torch ? tensor.plainAverages : tensor.averages
  }
}
