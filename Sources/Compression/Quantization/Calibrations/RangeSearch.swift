/// A search for the range by which numbers are quantized with the least squared error: cutting off rare large
/// ones is weighed against rounding all others more coarsely.
///
/// Both ends shrink together in steps of a hundredth of the whole range; then each is moved by itself.
struct RangeSearch {
  /// Numbers and how often they occur.
  var points: [(value: Float, count: Double)]
  /// The least and the greatest number, with 0 among them.
  var extremes: ActivationRanges.Range
  /// Whether the ends are independent.
  var isAffine: Bool

  private static let steps = 100

  /// - Parameter parameters: what a range comes to.
  func best(_ parameters: (ActivationRanges.Range) -> LinearParameters) -> ActivationRanges.Range {
    var best = (low: Self.steps, high: Self.steps, error: Double.infinity)
    func attempt(_ low: Int, _ high: Int) {
      let parameters = parameters(range(low, high))
      let error = points.reduce(0) { sum, point in
        let difference = Double(parameters.rounded(point.value)) - Double(point.value)
        return sum + point.count * difference * difference
      }
      if error < best.error { best = (low, high, error) }
    }
    for step in (1...Self.steps).reversed() { attempt(step, step) }
    if isAffine && extremes.low < 0 && extremes.high > 0 {
      let high = best.high
      for step in 1...Self.steps { attempt(step, high) }
      let low = best.low
      for step in 1...Self.steps { attempt(low, step) }
    }
    return range(best.low, best.high)
  }

  /// Ends in steps; all steps are the whole range, to the last bit.
  private func range(_ low: Int, _ high: Int) -> ActivationRanges.Range {
    let unit = Float(Self.steps)
    return .init(low: extremes.low * (Float(low) / unit), high: extremes.high * (Float(high) / unit))
  }
}
