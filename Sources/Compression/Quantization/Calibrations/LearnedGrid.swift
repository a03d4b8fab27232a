/// The scale of numbers that are whole multiples of one already, as training with learned scales leaves them.
struct LearnedGrid {
  /// All that share the scale.
  var values: [Float]
  /// The least and the greatest of them, with 0 among them.
  var extremes: ActivationRanges.Range

  /// What dividing and multiplying in float32 may change of a number.
  private static let tolerance: Float = 4e-7

  /// - Parameter standard: what the range comes to; its integers are those that there are.
  /// - Returns: the same with the scale of which all numbers are multiples, the finest one where there are several; nil
  ///   where there is none.
  /// - Complexity: one pass, and a look at a few numbers for each integer.
  func parameters(_ standard: LinearParameters) -> LinearParameters? {
    let top = max(-extremes.low, extremes.high)
    let (low, high) = (standard.lowest - standard.zeroPoint, standard.highest - standard.zeroPoint)
    guard top > 0, high > 0 else { return standard }
    for most in (1...max(high, -low)).reversed() {
      let scale = top / Float(most)
      guard scale > 0, isMultiple(of: scale, from: Float(low), to: Float(high)) else { continue }
      var found = standard
      found.scale = scale
      found.inverse = standard.inverse.map { _ in 1 / scale }
      return found
    }
    return nil
  }

  private func isMultiple(of scale: Float, from low: Float, to high: Float) -> Bool {
    values.allSatisfy { value in
      let whole = (value / scale).rounded(.toNearestOrEven)
      return whole >= low && whole <= high && abs(whole * scale - value) <= Self.tolerance * abs(value)
    }
  }
}
