import Foundation
import Tensor

/// One pass over batches, shared by the threads that compute and the one that waits for the results.
///
/// Unchecked, because it holds a condition; the mutable state is read and written under it, and a workspace
/// belongs to the thread that took it.
final class BatchRun: @unchecked Sendable {
  private let batches: [Range<Int>]
  private let inputs: [Samples]
  private let isCancelled: @Sendable () -> Bool
  private let condition = NSCondition()
  private var workspaces: [Int: [Workspace]]
  private var next = 0
  private var results: [Int: Result<[String: Tensor], any Error>] = [:]
  private var isStopped = false
  private var finished = 0

  init(
    batches: [Range<Int>], inputs: [Samples], workspaces: [Int: [Workspace]],
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.batches = batches
    self.inputs = inputs
    self.workspaces = workspaces
    self.isCancelled = isCancelled
  }

  /// Takes batches until there are none: what each computing thread does.
  func work() {
    while let (index, rows, workspace) = takeBatch() {
      let result = Result {
        try withPointers(rows) { pointers in
          try workspace.run(pointers) { self.isCancelled() || self.isStoppedNow }
        }
      }
      condition.lock()
      workspaces[rows.count]!.append(workspace)
      results[index] = result
      condition.broadcast()
      condition.unlock()
    }
    condition.lock()
    finished += 1
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for the outputs of batch `index`.
  func result(_ index: Int) throws -> [String: Tensor] {
    condition.lock()
    defer { condition.unlock() }
    while results[index] == nil { condition.wait() }
    return try results.removeValue(forKey: index)!.get()
  }

  /// Ends the pass, and waits until no thread is in it any more.
  func stop(workers: Int) {
    condition.lock()
    defer { condition.unlock() }
    isStopped = true
    while finished < workers { condition.wait() }
  }

  private var isStoppedNow: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isStopped
  }

  private func takeBatch() -> (index: Int, rows: Range<Int>, workspace: Workspace)? {
    condition.lock()
    defer { condition.unlock() }
    guard !isStopped, next < batches.count else { return nil }
    let rows = batches[next]
    guard let workspace = workspaces[rows.count]?.popLast() else { return nil }
    defer { next += 1 }
    return (next, rows, workspace)
  }

  /// Pointers to the rows of each input, which are kept until `body` returns.
  private func withPointers<R>(_ rows: Range<Int>, _ body: (RunInputs) throws -> R) rethrows -> R {
    let parts = inputs.map { $0.rows(rows) }
    return try withExtendedLifetime(parts) {
      try body(parts.map { part in part.withUnsafeBytes { $0.baseAddress! } })
    }
  }
}
