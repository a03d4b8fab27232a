/// The magnitude that a percentage of the values does not exceed, on both sides of zero: ONNX Runtime's
/// `PercentileCalibrater` as `quantize_static` sets it up, symmetric and with 2048 bins. The range goes no
/// further than the least and the greatest value.
struct PercentileCalibration: RangeCalibration {
  /// Above 0, at most 100.
  var percentile: Double

  var needsHistograms: Bool { true }

  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range {
    guard let magnitudes = tensor.magnitudes else { return tensor.extremes }
    let total = Double(magnitudes.counts.reduce(0, +))
    // As NumPy's cumsum of shares and its searchsorted: the first bin by whose end enough has come together.
    var share = 0.0
    let bin = magnitudes.counts.firstIndex { count in
      share += Double(count) / total
      return share >= percentile / 100
    }
    return tensor.clipped(at: magnitudes.edge(bin ?? magnitudes.counts.count))
  }
}
