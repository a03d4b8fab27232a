import Compression
import Synchronization

/// What a person asks of a training that is going on.
final class TrainingControl: Sendable {
  private struct State {
    var isPaused = false
    var isStopped = false
    var settings: DistillationSettings?
  }

  private let state = Mutex(State())

  var isPaused: Bool {
    get { state.withLock { $0.isPaused } }
    set { state.withLock { $0.isPaused = newValue } }
  }

  var isStopped: Bool { state.withLock { $0.isStopped } }

  func stop() { state.withLock { $0.isStopped = true } }

  /// Goes on with these from here.
  func change(_ settings: DistillationSettings) { state.withLock { $0.settings = settings } }

  var isChanged: Bool { state.withLock { $0.settings != nil } }

  func takeSettings() -> DistillationSettings? {
    state.withLock { state in
      defer { state.settings = nil }
      return state.settings
    }
  }
}
