/// The range with the least squared error over the values' histogram.
struct SquaredErrorCalibration: RangeCalibration {
  var needsHistograms: Bool { true }

  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range {
    guard let values = tensor.values else { return tensor.extremes }
    let search = RangeSearch(
      points: values.points, extremes: tensor.extremes, isAffine: form.scheme == .affine)
    return search.best(form.parameters)
  }
}
