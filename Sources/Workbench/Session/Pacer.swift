/// Lets through one event a frame.
struct Pacer {
  private static let interval = Duration.milliseconds(16)
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
