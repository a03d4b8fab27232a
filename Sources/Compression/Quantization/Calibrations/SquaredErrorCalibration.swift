/// The range with the least squared error over the values' histogram: cutting off rare large values is weighed
/// against rounding all others more coarsely.
///
/// Both ends shrink together in steps of a hundredth of the whole range; then each is moved by itself.
struct SquaredErrorCalibration: RangeCalibration {
  private static let steps = 100

  var needsHistograms: Bool { true }

  func range(of tensor: TensorStatistics, bits: Int, scheme: Scheme) -> ActivationRanges.Range {
    guard let values = tensor.values else { return tensor.extremes }
    let filled = values.counts.indices.filter { values.counts[$0] > 0 }
    let points = filled.map { (value: values.centre($0), count: Double(values.counts[$0])) }
    var best = (low: Self.steps, high: Self.steps, error: Double.infinity)
    func attempt(_ low: Int, _ high: Int) {
      let range = Self.range(tensor.extremes, low, high)
      let parameters = LinearParameters(low: range.low, high: range.high, bits: bits, scheme: scheme)
      let error = points.reduce(0) { sum, point in
        let difference = Double(parameters.rounded(point.value)) - Double(point.value)
        return sum + point.count * difference * difference
      }
      if error < best.error { best = (low, high, error) }
    }
    for step in (1...Self.steps).reversed() { attempt(step, step) }
    if tensor.extremes.low < 0 && tensor.extremes.high > 0 && scheme == .affine {
      let start = best
      for step in 1...Self.steps { attempt(step, start.high) }
      let low = best.low
      for step in 1...Self.steps { attempt(low, step) }
    }
    return Self.range(tensor.extremes, best.low, best.high)
  }

  /// Ends in steps; all steps are the whole range, to the last bit.
  private static func range(_ all: ActivationRanges.Range, _ low: Int, _ high: Int) -> ActivationRanges.Range
  {
    .init(low: all.low * (Float(low) / Float(steps)), high: all.high * (Float(high) / Float(steps)))
  }
}
