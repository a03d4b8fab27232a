import Compression
import Testing

@Suite struct EarlyStoppingTests {
  /// - Returns: epochs until it is over, and whether each was the best so far.
  private func run(_ scores: [Double], patience: Int, minDelta: Double = 0) -> (EarlyStopping, [Bool]) {
    var stopping = EarlyStopping(patience: patience, minDelta: minDelta)
    var best: [Bool] = []
    for score in scores where !stopping.isOver { best.append(stopping.record(score)) }
    return (stopping, best)
  }

  @Test func itEndsAfterSoManyEpochsWithoutABetterOne() {
    let (stopping, best) = run([1, 3, 2, 3, 4, 4, 3, 9], patience: 2)
    // The fourth is the second in a row that is no better.
    #expect(best == [true, true, false, false])
    #expect(stopping.isOver)
    #expect(stopping.best?.score == 3 && stopping.best?.epoch == 1)
  }

  @Test func itGoesOnWhileThingsGetBetter() {
    let (stopping, best) = run([1, 0, 2, 1, 3], patience: 2)
    #expect(best == [true, false, true, false, true])
    #expect(!stopping.isOver)
  }

  @Test func aLittleDoesNotCount() {
    let (stopping, best) = run([0.5, 0.75, 0.8, 1.0, 1.0], patience: 2, minDelta: 0.25)
    #expect(best == [true, false, true, false, false])
    #expect(stopping.best?.epoch == 2)
  }

  @Test func noNumberIsNoScore() {
    let (stopping, best) = run([.nan, .nan, 1], patience: 2)
    #expect(best == [false, false])
    #expect(stopping.isOver && stopping.best == nil)
    #expect(run([], patience: 1).0.isOver == false)
  }
}
