import Foundation

/// Probabilities by scores, in `Double`, the power of each score taken once.
struct Softmax {
  /// `(z - max z) / T`.
  private let exponents: UnsafeMutableBufferPointer<Double>
  /// e to those.
  private let powers: UnsafeMutableBufferPointer<Double>
  private let logSum: Double
  private let share: Double

  /// Numbers that it needs room for.
  static func room(_ classes: Int) -> Int { 2 * classes }

  /// - Parameter room: is written to, and has to last as long as this.
  init(
    _ scores: UnsafeBufferPointer<Float>, temperature: Double = 1, room: UnsafeMutableBufferPointer<Double>
  ) {
    let count = scores.count
    exponents = UnsafeMutableBufferPointer(rebasing: room[..<count])
    powers = UnsafeMutableBufferPointer(rebasing: room[count..<2 * count])
    var top = -Float.infinity
    for score in scores { top = max(top, score) }
    var sum = 0.0
    for index in 0..<count {
      let exponent = (Double(scores[index]) - Double(top)) / temperature
      let power = exp(exponent)
      exponents[index] = exponent
      powers[index] = power
      sum += power
    }
    logSum = log(sum)
    share = 1 / sum
  }

  func probability(_ index: Int) -> Double { powers[index] * share }

  func logProbability(_ index: Int) -> Double { exponents[index] - logSum }
}
