/// By how much a model scores better than another one on the same samples.
public struct PairedChange: Hashable, Sendable {
  /// Of the samples seen.
  public var difference: Double
  /// Where the difference on all samples lies, with 95 % confidence.
  public var interval: ClosedRange<Double>

  public init(difference: Double, interval: ClosedRange<Double>) {
    self.difference = difference
    self.interval = interval
  }

  /// Half of the interval's width.
  public var halfWidth: Double { (interval.upperBound - interval.lowerBound) / 2 }

  /// Whether the two models differ beyond what the choice of the samples seen would do.
  public var isCertain: Bool { !interval.contains(0) }
}

/// The shares of each sample that are right: 0 or 1 for a class, any share for a row of tokens.
public struct SampleShares: Hashable, Sendable {
  /// In the data's order.
  public var values: [Float]
  /// The smallest step between two shares: one over the places of a sample.
  public var step: Double

  public init(_ values: [Float] = [], step: Double = 1) {
    self.values = values
    self.step = step
  }

  public var mean: Double { values.isEmpty ? 0 : values.reduce(0) { $0 + Double($1) } / Double(values.count) }
}

extension Evaluation {
  /// Takes an estimate of the score in place of its own where that one is surer.
  package mutating func take(ifNarrower other: (estimate: Double, interval: ClosedRange<Double>)) {
    guard other.interval.width < interval.width else { return }
    (score, interval) = other
  }
}

extension ClosedRange<Double> {
  fileprivate var width: Double { upperBound - lowerBound }
}

/// Compares two models sample by sample. Most samples are right, or wrong, in both: what is left to chance is only
/// those that changed, as in McNemar's test, so that a difference is known long before either score is.
///
/// The interval is Wald's for the mean difference with half an observation added to each of the four outcomes
/// (Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine
/// 24, 2005), narrowed for samples drawn without putting back (Cochran, "Sampling Techniques", 2.6).
package struct PairedComparison {
  private let reference: SampleShares
  private let total: Int
  private var samples = 0
  private var sum = 0.0
  private var squares = 0.0

  /// - Parameters:
  ///   - reference: of the other model, on all samples.
  ///   - total: samples that there are.
  package init(with reference: SampleShares, total: Int) {
    self.reference = reference
    self.total = total
  }

  /// Takes in the samples of `shares` that it has not seen.
  package mutating func add(_ shares: SampleShares) {
    let count = min(shares.values.count, reference.values.count)
    guard samples < count else { return }
    for index in samples..<count {
      let difference = Double(shares.values[index] - reference.values[index])
      sum += difference
      squares += difference * difference
    }
    samples = count
  }

  /// nil before the first sample.
  package var change: PairedChange? {
    guard samples > 0 else { return nil }
    let n = Double(samples)
    let difference = sum / n
    if samples >= total { return PairedChange(difference: difference, interval: difference...difference) }
    // In the middle of the four outcomes lie two observations more, one of which differs.
    let padded = n + 2
    let variance = max(0, squares + reference.step - sum * sum / padded)
    let left = (Double(total - samples) / Double(max(total - 1, 1))).squareRoot()
    let half = WilsonInterval.z95 * variance.squareRoot() / padded * left
    let middle = sum / padded
    return PairedChange(
      difference: difference, interval: min(middle - half, difference)...max(middle + half, difference))
  }

  /// The score on all samples, known from the other model's: the estimate, and where it lies with 95 % confidence.
  package var score: (estimate: Double, interval: ClosedRange<Double>)? {
    guard let change else { return nil }
    let before = reference.mean
    let low = min(max(before + change.interval.lowerBound, 0), 1)
    let high = min(max(before + change.interval.upperBound, low), 1)
    return (min(max(before + change.difference, low), high), low...high)
  }
}
