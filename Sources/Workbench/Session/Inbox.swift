import Compression
import Dispatch
import Synchronization

/// What is asked of a session's thread. Of recipes and of layers only the latest counts.
final class Inbox: Sendable {
  /// A recipe that `apply` was called with.
  struct Request: Sendable {
    var generation: Int
    var recipe: Recipe
  }

  private struct State: Sendable {
    var latest = Request(generation: 0, recipe: .empty)
    var isLatestNew = false
    var focus: Int?
    var isFocusNew = false
    var sizes: [Recipe] = []
    /// What may be asked for next, the likeliest last.
    var ahead: [Recipe] = []
    var looksAhead = true
    var exports: [Export] = []
    var isClosed = false
    var known: [Recipe: Evaluation] = [:]
    /// The same, the oldest first.
    var knownOrder: [Recipe] = []
  }

  /// Results of this many recipes are kept.
  private static let knownLimit = 1000
  private let state = Mutex(State())
  private let signal = DispatchSemaphore(value: 0)
  /// Grows with whatever makes the running evaluation stale, so that the engine can ask without a lock.
  private let interruptions = Atomic<Int>(0)

  func apply(_ recipe: Recipe) -> Int {
    defer { signal.signal() }
    return state.withLock { state in
      state.latest = Request(generation: state.latest.generation + 1, recipe: recipe)
      state.isLatestNew = true
      state.ahead = []
      state.isFocusNew = state.focus != nil
      interruptions.wrappingAdd(1, ordering: .releasing)
      return state.latest.generation
    }
  }

  func focus(_ layer: Int?) {
    state.withLock { state in
      state.focus = layer
      state.isFocusNew = layer != nil
    }
    signal.signal()
  }

  func measureSizes(_ recipes: [Recipe]) {
    state.withLock { $0.sizes = recipes }
    signal.signal()
  }

  func lookAhead(_ recipes: [Recipe]) {
    state.withLock { $0.ahead = recipes.reversed() }
    signal.signal()
  }

  func setLooksAhead(_ looksAhead: Bool) {
    state.withLock { $0.looksAhead = looksAhead }
    signal.signal()
  }

  func export(_ export: Export) {
    state.withLock { $0.exports.append(export) }
    signal.signal()
  }

  func close() {
    state.withLock { $0.isClosed = true }
    interruptions.wrappingAdd(1, ordering: .releasing)
    signal.signal()
  }

  /// Lets the session's thread look again for what there is to do.
  func wake() { signal.signal() }

  // What the session's thread calls.

  func wait() { signal.wait() }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// The number to give to `isInterrupted`. Take it before the request that it is to guard.
  var ticket: Int { interruptions.load(ordering: .acquiring) }

  /// Whether anything came since `ticket` that makes the work stale.
  func isInterrupted(since ticket: Int) -> Bool { interruptions.load(ordering: .relaxed) != ticket }

  /// The latest recipe, if it has not been taken yet.
  func takeRecipe() -> Request? {
    state.withLock { state in
      guard state.isLatestNew else { return nil }
      state.isLatestNew = false
      return state.latest
    }
  }

  /// The layer whose details are asked for, and the recipe to show it under.
  func takeFocus() -> (layer: Int, request: Request)? {
    state.withLock { state in
      guard state.isFocusNew, let focus = state.focus else { return nil }
      state.isFocusNew = false
      return (focus, state.latest)
    }
  }

  /// The recipes whose sizes are asked for, and a ticket that later recipes interrupt.
  func takeSizes() -> (recipes: [Recipe], ticket: Int) {
    state.withLock { state in
      defer { state.sizes = [] }
      return (state.sizes, ticket)
    }
  }

  var looksAhead: Bool { state.withLock { $0.looksAhead } }

  /// The likeliest of what may be asked for next.
  func nextAhead() -> Recipe? { state.withLock { $0.ahead.popLast() } }

  func takeExports() -> [Export] {
    state.withLock { state in
      defer { state.exports = [] }
      return state.exports
    }
  }

  func known(_ recipe: Recipe) -> Evaluation? { state.withLock { $0.known[recipe] } }

  /// Without what it was compared with, which is another setting by the time somebody comes back.
  func remember(_ evaluation: Evaluation, of recipe: Recipe) {
    var evaluation = evaluation
    evaluation.step = nil
    state.withLock { state in
      if state.known.updateValue(evaluation, forKey: recipe) == nil { state.knownOrder.append(recipe) }
      // The history has the older ones.
      if state.knownOrder.count > Self.knownLimit {
        let old = state.knownOrder.prefix(Self.knownLimit / 4)
        for recipe in old { state.known[recipe] = nil }
        state.knownOrder.removeFirst(old.count)
      }
    }
  }
}
