/// A mean over samples, and how far it may be off.
struct SampleMean {
  private(set) var count = 0
  private(set) var mean = 0.0
  private var squares = 0.0

  /// Welford's update, which loses no digits.
  mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
  }

  /// Half of the normal interval of the mean at 95 %; infinite for fewer than two samples.
  var halfWidth: Double {
    guard count > 1 else { return .infinity }
    return WilsonInterval.z95 * (squares / Double(count - 1) / Double(count)).squareRoot()
  }
}

/// A share of places that are right, where a sample has several: the normal interval over samples of a ratio of two
/// sums (Cochran, Sampling Techniques, 1977, 6.3), because places of one sample are no independent draws. Where each
/// sample has one place it is Wilson's.
struct PlaceShare {
  private(set) var samples = 0
  private(set) var places = 0
  private(set) var correct = 0
  private var values: [Float] = []
  private var (squaredPlaces, squaredCorrect, products) = (0.0, 0.0, 0.0)

  mutating func add(correct: Int, of places: Int) {
    samples += 1
    self.places += places
    self.correct += correct
    squaredPlaces += Double(places) * Double(places)
    squaredCorrect += Double(correct) * Double(correct)
    products += Double(correct) * Double(places)
    values.append(places > 0 ? Float(correct) / Float(places) : 0)
  }

  /// Of each sample, where all have as many places.
  var shares: SampleShares {
    let each = samples > 0 ? places / samples : 0
    guard each > 0, squaredPlaces == Double(samples) * Double(each) * Double(each) else {
      return SampleShares()
    }
    return SampleShares(values, step: 1 / Double(each))
  }

  var share: Double { places == 0 ? 0 : Double(correct) / Double(places) }

  var interval: ClosedRange<Double> {
    if places == samples, squaredPlaces == Double(samples) {
      return WilsonInterval.of(correct: correct, samples: samples)
    }
    guard samples > 1, places > 0 else { return 0...1 }
    let residues = max(squaredCorrect - 2 * share * products + share * share * squaredPlaces, 0)
    let n = Double(samples)
    let half = WilsonInterval.z95 * (residues / (n * (n - 1))).squareRoot() / (Double(places) / n)
    return Interval.around(share, half: half, in: 0...1)
  }
}

enum Interval {
  /// `value` ± `half` within bounds; `value` alone where it is no number.
  static func around(_ value: Double, half: Double, in bounds: ClosedRange<Double>) -> ClosedRange<Double> {
    guard value.isFinite, !half.isNaN else { return 0...0 }
    let low = min(max(value - half, bounds.lowerBound), value)
    return low...max(min(value + half, bounds.upperBound), value)
  }
}
