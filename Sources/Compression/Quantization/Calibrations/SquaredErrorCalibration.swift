/// The range with the least squared error over the values' histogram.
struct SquaredErrorCalibration: RangeCalibration {
  var needsHistograms: Bool { true }

  func range(of tensor: TensorStatistics, bits: Int, scheme: Scheme) -> ActivationRanges.Range {
    guard let values = tensor.values else { return tensor.extremes }
    let search = RangeSearch(
      points: values.points, extremes: tensor.extremes, isAffine: scheme == .affine)
    return search.best { LinearParameters(low: $0.low, high: $0.high, bits: bits, scheme: scheme) }
  }
}
