/// Lets through as many events as a person can follow.
struct Pacer {
  private static let interval = Duration.milliseconds(40)
  private var last: ContinuousClock.Instant?

  /// The next event is let through.
  mutating func restart() { last = nil }

  mutating func isDue() -> Bool {
    let now = ContinuousClock.now
    if let last, now - last < Self.interval { return false }
    last = now
    return true
  }
}
