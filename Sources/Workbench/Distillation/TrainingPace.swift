/// How long training takes, without the time in which it waited.
struct TrainingPace {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant?
  private var waited = 0.0
  private var seconds = 0.0
  private var batches = 0
  private var measuring: Double?

  /// An epoch begins: what passed before is not a batch's.
  mutating func begin() {
    last = clock.now
    waited = 0
  }

  mutating func idle(_ seconds: Double) { waited += seconds }

  mutating func didBatch() {
    let now = clock.now
    if let last { seconds += max(0, last.duration(to: now).inSeconds - waited) }
    waited = 0
    last = now
    batches += 1
  }

  mutating func measured(_ seconds: Double) { measuring = seconds }

  /// nil before the first batch.
  func secondsLeft(batches left: Int, measurements: Int) -> Double? {
    guard batches > 0 else { return nil }
    return seconds / Double(batches) * Double(left) + (measuring ?? 0) * Double(measurements)
  }
}
