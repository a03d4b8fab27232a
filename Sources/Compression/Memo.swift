import Synchronization

/// Remembers results by what went in; forgets the longest unused ones when they take too much.
///
/// Two threads that ask for the same at once may both work it out; the result is the same.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var entries: [Key: (value: Value, cost: Int, used: Int)] = [:]
    var cost = 0
    var clock = 0
  }

  private let state = Mutex(State())
  private let limit: Int
  private let cost: @Sendable (Value) -> Int

  /// - Parameters:
  ///   - limit: what all entries may cost together; the newest stays in any case.
  ///   - cost: of one entry, 1 unless told.
  init(limit: Int, cost: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
    self.limit = limit
    self.cost = cost
  }

  func callAsFunction(_ key: Key, _ make: () throws -> Value) rethrows -> Value {
    if let known = self[key] { return known }
    let value = try make()
    insert(value, for: key)
    return value
  }

  subscript(key: Key) -> Value? {
    state.withLock { state in
      state.clock += 1
      state.entries[key]?.used = state.clock
      return state.entries[key]?.value
    }
  }

  /// What all entries cost together.
  var totalCost: Int { state.withLock { $0.cost } }

  private func insert(_ value: Value, for key: Key) {
    let cost = cost(value)
    state.withLock { state in
      state.clock += 1
      state.cost += cost - (state.entries[key]?.cost ?? 0)
      state.entries[key] = (value, cost, state.clock)
      while state.cost > limit, state.entries.count > 1,
        let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
      {
        state.cost -= oldest.value.cost
        state.entries[oldest.key] = nil
      }
    }
  }
}
