import Foundation
import Tensor

/// One pass over batches, shared by the threads that compute and the one that waits for the results.
///
/// Unchecked, because it holds a condition; the mutable state is read and written under it, and a run of
/// the graph belongs to the thread that took it.
final class BatchRun: @unchecked Sendable {
  private let batches: [Range<Int>]
  private let inputs: [String: Samples]
  private let isCancelled: @Sendable () -> Bool
  private let resuming: @Sendable (Stage, Range<Int>) -> Resumption?
  private let condition = NSCondition()
  private var runs: [GraphRun]
  private var next = 0
  private var results: [Int: Result<[String: Tensor], any Error>] = [:]
  private var isStopped = false
  private var finished = 0

  init(
    batches: [Range<Int>], inputs: [String: Samples], runs: [GraphRun],
    resuming: @escaping @Sendable (Stage, Range<Int>) -> Resumption?,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.batches = batches
    self.inputs = inputs
    self.runs = runs
    self.resuming = resuming
    self.isCancelled = isCancelled
  }

  /// Takes batches until there are none: what each computing thread does.
  func work() {
    while let (index, rows, run) = takeBatch() {
      let parts = inputs.mapValues { $0.rows(rows) }
      let known = parts.mapValues { Stage.Input.shape($0.dtype, $0.shape) }
      let result = Result {
        try run.run(parts, as: known, resuming: { self.resuming($0, rows) }) {
          self.isCancelled() || self.isStoppedNow
        }
      }
      condition.lock()
      runs.append(run)
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

  private func takeBatch() -> (index: Int, rows: Range<Int>, run: GraphRun)? {
    condition.lock()
    defer { condition.unlock() }
    guard !isStopped, next < batches.count else { return nil }
    guard let run = runs.popLast() else { return nil }
    defer { next += 1 }
    return (next, batches[next], run)
  }
}
