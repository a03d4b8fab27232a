import Compression
import Dispatch
import Formats
import Synchronization

/// Goes through whole recipes in one session, each applied when the one before has its exact result.
public enum Replay {
  /// What is done at one time.
  public struct Step: Sendable {
    public var recipe: Recipe
    /// What may come next, as far as a person's hand tells: measured while nothing else is to do.
    public var neighbours: [Recipe]
    /// What passes before it, in seconds.
    public var pause: Double

    public init(_ recipe: Recipe, neighbours: [Recipe] = [], pause: Double = 0) {
      self.recipe = recipe
      self.neighbours = neighbours
      self.pause = pause
    }
  }

  /// What one recipe did.
  public struct Move: Hashable, Sendable {
    public var evaluation: Evaluation
    public var cost: CostReport
    /// From the call of `apply` to the first number that a person could see, in milliseconds.
    public var firstEstimateMilliseconds: Double
    /// From the call of `apply` to the first number whose interval is narrower than 2 points to either side, in
    /// milliseconds.
    public var firstCertainMilliseconds: Double
    /// From the call of `apply` to the exact result, in milliseconds.
    public var exactMilliseconds: Double
  }

  /// An estimate is worth looking at when it is off by no more than this.
  private static let certainty = 0.02

  /// - Parameters:
  ///   - session: opens the session with this handler for its events.
  ///   - isCancelled: asked now and then while waiting.
  ///   - onMove: gets each move, in order.
  /// - Throws: `RecipeError` or `CompressionError` before anything is evaluated, where a recipe does not fit the
  ///   model; `Replay.Failure` with what the session said; what `onMove` throws.
  public static func run(
    _ steps: [Step], isCancelled: () -> Bool = { false },
    session open: (@escaping @Sendable (SessionEvent) -> Void) throws -> Session,
    onMove: (Move) throws -> Void
  ) throws {
    let events = EventQueue()
    let session = try open { events.add($0) }
    defer { session.close() }
    for step in steps where !step.recipe.observes { _ = try session.estimate(step.recipe) }
    // Otherwise the first move would be slowed by loading, and by the baseline.
    while true {
      let event = try next(events, isCancelled)
      if case .baseline(let evaluation) = event, evaluation.isExact { break }
    }
    let costs = try steps.map { try session.estimate($0.recipe) }
    let clock = ContinuousClock()
    for (step, cost) in zip(steps, costs) {
      let end = clock.now + .seconds(step.pause)
      while clock.now < end, !isCancelled() { _ = try next(events, isCancelled, until: end) }
      let start = clock.now
      let generation = session.apply(step.recipe)
      var (first, certain): (Double?, Double?)
      var exact: Evaluation?
      while exact == nil {
        let event = try next(events, isCancelled)
        let elapsed = start.duration(to: clock.now).inSeconds * 1000
        switch event {
        case .estimate(generation, let estimate):
          first = first ?? elapsed
          let interval = estimate.interval
          if (interval.upperBound - interval.lowerBound) / 2 < certainty { certain = certain ?? elapsed }
        case .exact(generation, let evaluation):
          exact = evaluation
          let move = Move(
            evaluation: evaluation, cost: cost, firstEstimateMilliseconds: first ?? elapsed,
            firstCertainMilliseconds: certain ?? elapsed, exactMilliseconds: elapsed)
          try onMove(move)
        default: break
        }
      }
      session.lookAhead(step.neighbours)
    }
  }

  private static func next(_ events: EventQueue, _ isCancelled: () -> Bool) throws -> SessionEvent {
    while true {
      if let event = try next(events, isCancelled, until: .now + .seconds(1)) { return event }
    }
  }

  /// nil where none came until then.
  private static func next(
    _ events: EventQueue, _ isCancelled: () -> Bool, until end: ContinuousClock.Instant
  )
    throws -> SessionEvent?
  {
    while true {
      if isCancelled() { throw CompressionError.cancelled }
      let left = ContinuousClock.now.duration(to: end).inSeconds
      if left <= 0 { return nil }
      guard let event = events.next(within: min(left, 0.05)) else { continue }
      if case .failed(_, let message) = event { throw Failure(message: message) }
      return event
    }
  }

  /// What a session said when it failed.
  public struct Failure: Error, CustomStringConvertible {
    let message: String
    public var description: String { message }
  }
}

/// Events of a session, for a thread that waits for them.
private final class EventQueue: Sendable {
  private let events = Mutex<[SessionEvent]>([])
  private let signal = DispatchSemaphore(value: 0)

  func add(_ event: SessionEvent) {
    events.withLock { $0.append(event) }
    signal.signal()
  }

  /// nil where none came within so many seconds.
  func next(within seconds: Double) -> SessionEvent? {
    guard signal.wait(timeout: .now() + seconds) == .success else { return nil }
    return events.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
