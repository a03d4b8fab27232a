import Compression
import Dispatch
import Foundation
import Synchronization
import Tensor

/// What a session remembers of one model beyond its own end. Writes happen on a thread of their own, in order;
/// nothing here throws: where the file cannot be used, the program goes on without and says so once.
public final class History: Sendable {
  private let model: ContentHash
  private let queue = DispatchQueue(label: "pare.history", qos: .utility)
  private let state: Mutex<State>
  private let onFailure: @Sendable (String) -> Void

  private struct State {
    /// nil once the file has failed.
    var store: HistoryStore?
    /// What the file holds of this session.
    var stored: StoredTrail?
  }

  /// - Parameters:
  ///   - path: the SQLite file; nil for no history at all.
  ///   - onFailure: gets one sentence, at most once, from any thread.
  public init(path: String?, model: ContentHash, onFailure: @escaping @Sendable (String) -> Void) {
    self.model = model
    self.onFailure = onFailure
    var store: HistoryStore?
    if let path {
      do {
        store = try HistoryStore(path: path)
      } catch {
        onFailure(Self.sentence(error))
      }
    }
    state = Mutex(State(store: store))
  }

  /// Where the person left off on this model; nil where the model is new. Call it once, before `record`: the
  /// session goes on from there.
  public func resume() -> Trail? {
    queue.sync {
      attempt { store in
        let stored = try store.latestTrail(model: model)
        state.withLock { $0.stored = stored }
        return stored?.trail
      } ?? nil
    }
  }

  /// Makes `trail` what `resume` will find.
  ///
  /// - Complexity: returns at once; the file then changes by the rows in which `trail` differs from the last one.
  public func record(_ trail: Trail) {
    queue.async { [self] in
      attempt { store in
        let known = state.withLock { $0.stored }
        guard known?.trail != trail else { return }
        let stored = try store.save(trail, over: known, model: model)
        state.withLock { $0.stored = stored }
      }
    }
  }

  public func snapshots() -> [Snapshot] {
    queue.sync { attempt { try $0.snapshots(model: model) } } ?? []
  }

  public func save(_ snapshot: Snapshot) {
    queue.async { [self] in attempt { try $0.save(snapshot, model: model) } }
  }

  public func removeSnapshot(named name: String) {
    queue.async { [self] in attempt { try $0.removeSnapshot(named: name, model: model) } }
  }

  /// The exact result of a recipe on data, from this session or an earlier one.
  func result(_ recipe: Recipe, data: ContentHash, task: String) -> Evaluation? {
    queue.sync { attempt { try $0.result(ResultKey(model: model, data: data, recipe: recipe, task: task)) } }
      ?? nil
  }

  func save(_ evaluation: Evaluation, of recipe: Recipe, data: ContentHash, task: String) {
    queue.async { [self] in
      attempt {
        try $0.save(evaluation, for: ResultKey(model: model, data: data, recipe: recipe, task: task))
      }
    }
  }

  /// Waits until everything is written.
  public func flush() { queue.sync {} }

  /// Gives up on the file at its first failure.
  @discardableResult
  private func attempt<Result>(_ body: (HistoryStore) throws -> Result) -> Result? {
    guard let store = state.withLock({ $0.store }) else { return nil }
    do {
      return try body(store)
    } catch let error as SQLiteError where error.isBusy {
      // Another process held the file for long. The next trail carries what this one would have.
      return nil
    } catch {
      state.withLock { $0.store = nil }
      onFailure(Self.sentence(error))
      return nil
    }
  }

  private static func sentence(_ error: any Error) -> String { "no history is kept: \(error)" }
}
