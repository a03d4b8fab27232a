import Compression
import Testing

@Suite struct GradualPruningTests {
  @Test func itGoesByTheCube() {
    let pruning = GradualPruning(initial: 0.1, final: 0.9, steps: 100, every: 10)
    #expect(pruning.sparsity(at: 0) == 0.9 - 0.8)
    #expect(abs(pruning.sparsity(at: 50) - 0.8) < 1e-12)
    #expect(abs(pruning.sparsity(at: 90) - (0.9 - 0.8 * 0.001)) < 1e-12)
    #expect(pruning.sparsity(at: 100) == 0.9)
    #expect(pruning.sparsity(at: 5000) == 0.9)
    let shares = (0...100).map { pruning.sparsity(at: $0) }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func masksAreRenewedUntilTheAmountIsReached() {
    let pruning = GradualPruning(final: 0.5, steps: 25, every: 10)
    #expect((0..<60).filter { pruning.renewsMasks(at: $0) } == [0, 10, 20, 25])
    #expect((-3..<5).filter { GradualPruning(final: 0.5, steps: 0).renewsMasks(at: $0) } == [0])
    #expect(GradualPruning(final: 0.5, steps: 0).sparsity(at: 0) == 0.5)
  }

  @Test func rampsAreSharesOfTheWhole() {
    let ramp = DistillationSettings.Ramp(initial: 0.5, every: 20, end: 0.75)
    #expect(
      GradualPruning(ramp, final: 0.8, totalSteps: 200)
        == GradualPruning(initial: 0.5, final: 0.8, steps: 150, every: 20))
    // No weight comes back because a rule asks for less than the ramp begins with.
    #expect(GradualPruning(ramp, final: 0.3, totalSteps: 200).sparsity(at: 0) == 0.3)
  }
}
