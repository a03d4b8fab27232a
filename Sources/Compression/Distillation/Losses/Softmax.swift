import Foundation

/// Probabilities by scores, in `Double`.
enum Softmax {
  /// Writes `(z - max z) / T`, from which logarithms of probabilities are told, and gives the logarithm that is to be
  /// taken off them.
  ///
  /// - Parameter exponents: `[C]`; the logarithm of probability i is `exponents[i]` less the result.
  static func logSum(
    _ scores: UnsafeBufferPointer<Float>, temperature: Double, exponents: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var top = -Float.infinity
    for score in scores { top = max(top, score) }
    var sum = 0.0
    for index in scores.indices {
      let exponent = (Double(scores[index]) - Double(top)) / temperature
      exponents[index] = exponent
      sum += exp(exponent)
    }
    return log(sum)
  }
}
