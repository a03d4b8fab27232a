/// The score interval of a proportion: what fraction of *all* inputs a model that got `correct` of `samples`
/// right may get right. Unlike the normal approximation it stays within 0...1 and holds for few samples.
///
/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
public enum WilsonInterval {
  /// Standard deviations of a normal distribution that 95 % of it lie within.
  public static let z95 = 1.959963984540054

  /// The interval at 95 %; 0...1 where nothing was seen.
  public static func of(correct: Int, samples: Int, z: Double = z95) -> ClosedRange<Double> {
    guard samples > 0 else { return 0...1 }
    let n = Double(samples)
    let p = Double(correct) / n
    let shrink = 1 + z * z / n
    let centre = (p + z * z / (2 * n)) / shrink
    let half = z / shrink * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    // At 0 and 1 the formula is exact but for rounding, which must not leave the measured value outside.
    let low = correct == 0 ? 0 : max(0, centre - half)
    let high = correct == samples ? 1 : min(1, centre + half)
    return low...high
  }
}
