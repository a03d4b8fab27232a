import Compression
import Dispatch
import Formats
import Synchronization

/// Goes through whole recipes in one session, each applied when the one before has its exact result.
public enum Replay {
  /// What one recipe did.
  public struct Move: Hashable, Sendable {
    public var evaluation: Evaluation
    public var cost: CostReport
    /// From the call of `apply` to the first number that a person could see, in milliseconds.
    public var firstEstimateMilliseconds: Double
    /// From the call of `apply` to the exact result, in milliseconds.
    public var exactMilliseconds: Double
  }

  /// - Parameters:
  ///   - session: opens the session with this handler for its events.
  ///   - isCancelled: asked now and then while waiting.
  ///   - onMove: gets each move, in order.
  /// - Throws: `RecipeError` or `CompressionError` before anything is evaluated, where a recipe does not fit the
  ///   model; `Replay.Failure` with what the session said; what `onMove` throws.
  public static func run(
    _ recipes: [Recipe], isCancelled: () -> Bool = { false },
    session open: (@escaping @Sendable (SessionEvent) -> Void) throws -> Session,
    onMove: (Move) throws -> Void
  ) throws {
    let events = EventQueue()
    let session = try open { events.add($0) }
    defer { session.close() }
    for recipe in recipes where !recipe.observes { _ = try session.estimate(recipe) }
    // Otherwise the first move would be slowed by loading, and by the baseline.
    while true {
      let event = try next(events, isCancelled)
      if case .baseline(let evaluation) = event, evaluation.isExact { break }
    }
    let costs = try recipes.map { try session.estimate($0) }
    let clock = ContinuousClock()
    for (recipe, cost) in zip(recipes, costs) {
      let start = clock.now
      let generation = session.apply(recipe)
      var first: Double?
      var exact: Evaluation?
      while exact == nil {
        let event = try next(events, isCancelled)
        let elapsed = start.duration(to: clock.now).inSeconds * 1000
        switch event {
        case .estimate(generation, _): first = first ?? elapsed
        case .exact(generation, let evaluation):
          exact = evaluation
          let move = Move(
            evaluation: evaluation, cost: cost, firstEstimateMilliseconds: first ?? elapsed,
            exactMilliseconds: elapsed)
          try onMove(move)
        default: break
        }
      }
    }
  }

  private static func next(_ events: EventQueue, _ isCancelled: () -> Bool) throws -> SessionEvent {
    while true {
      if isCancelled() { throw CompressionError.cancelled }
      guard let event = events.next() else { continue }
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

  /// nil where none came for a moment.
  func next() -> SessionEvent? {
    guard signal.wait(timeout: .now() + .milliseconds(50)) == .success else { return nil }
    return events.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
