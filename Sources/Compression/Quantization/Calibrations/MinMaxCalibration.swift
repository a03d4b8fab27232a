/// The least and the greatest value of all samples: nothing is cut off.
struct MinMaxCalibration: RangeCalibration {
  var needsHistograms: Bool { false }

  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range {
    tensor.extremes
  }
}
