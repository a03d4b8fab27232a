import Tensor
import Testing
import Workbench

struct PairedComparisonTests {
  /// Two models on as many samples: right in `right` of them, and the second otherwise in `changed`.
  private static func models(
    _ count: Int, right: Double, changed: (Double, Double), _ random: inout SplitMix64
  ) -> (SampleShares, SampleShares) {
    var (before, after) = (SampleShares(), SampleShares())
    for _ in 0..<count {
      let isRight = random.unit() < right
      let isOther = random.unit() < (isRight ? changed.0 : changed.1)
      before.values.append(isRight ? 1 : 0)
      after.values.append(isRight != isOther ? 1 : 0)
    }
    return (before, after)
  }

  /// A thousand partial evaluations by chance: the exact score lies in at least 93 % of the intervals that are shown,
  /// which are the narrowest of three.
  @Test(arguments: [
    (0.92, 0.01, 0.05), (0.92, 0.1, 0.3), (0.6, 0.02, 0.02), (0.99, 0.001, 0.1), (0.9, 0.5, 0.1),
  ])
  func intervalsAreHonest(right: Double, worse: Double, better: Double) {
    var random = SplitMix64(seed: 5)
    var (inside, changeInside) = (0, 0)
    let (rounds, total) = (1000, 2000)
    for _ in 0..<rounds {
      var (before, after) = Self.models(total, right: right, changed: (worse, better), &random)
      for index in stride(from: total - 1, to: 0, by: -1) {
        let other = random.next(below: index + 1)
        before.values.swapAt(index, other)
        after.values.swapAt(index, other)
      }
      let seen = 50 + random.next(below: 1000)
      let exact = after.mean
      let part = SampleShares(Array(after.values[..<seen]))
      let correct = part.values.count { $0 == 1 }
      var evaluation = Evaluation(samples: seen, total: total, correct: correct, loss: 0, seconds: 0)
      var comparison = PairedComparison(with: before, total: total)
      comparison.add(part)
      if let score = comparison.score { evaluation.take(ifNarrower: score) }
      if evaluation.interval.contains(exact) { inside += 1 }
      if let change = comparison.change, change.interval.contains(exact - before.mean) { changeInside += 1 }
    }
    #expect(inside >= 930)
    #expect(changeInside >= 930)
  }

  @Test func aChangeIsKnownLongBeforeEitherScore() throws {
    var random = SplitMix64(seed: 1)
    let (before, after) = Self.models(10_000, right: 0.9, changed: (0.005, 0.01), &random)
    var comparison = PairedComparison(with: before, total: 10_000)
    comparison.add(SampleShares(Array(after.values[..<500])))
    let alone = WilsonInterval.of(correct: Int(after.values[..<500].reduce(0, +)), samples: 500)
    let change = try #require(comparison.change)
    #expect(change.halfWidth < (alone.upperBound - alone.lowerBound) / 4)
  }

  @Test func allSamplesLeaveNothingToChance() throws {
    let before = SampleShares([1, 1, 0, 0])
    var comparison = PairedComparison(with: before, total: 4)
    #expect(comparison.change == nil)
    comparison.add(SampleShares([1, 0]))
    #expect(comparison.change?.difference == -0.5)
    #expect(comparison.change?.isCertain == false)
    comparison.add(SampleShares([1, 0, 0, 0]))
    #expect(comparison.change == PairedChange(difference: -0.25, interval: -0.25 ... -0.25))
    let score = try #require(comparison.score)
    #expect(score.estimate == 0.25)
  }
}
