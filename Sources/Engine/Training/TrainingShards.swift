import Foundation
import Tensor

/// Training graphs that each take their part of every batch, on several threads. How many there are decides the bits of
/// the sums, how many threads run them does not.
///
/// Unchecked, because graphs belong to one thread at a time: each is given to one job of a run, and a run ends before
/// the next begins.
public final class TrainingShards: @unchecked Sendable {
  public let graphs: [TrainingGraph]
  private let threads: Int

  /// - Parameters:
  ///   - graphs: at least one, of one graph and the same parameters.
  ///   - threads: processor cores to use.
  public init(_ graphs: [TrainingGraph], threads: Int) {
    precondition(!graphs.isEmpty)
    self.graphs = graphs
    self.threads = max(threads, 1)
  }

  /// Runs `body` with each graph and its number, and waits for all.
  ///
  /// - Throws: what `body` throws with the first graph with which it does.
  public func run(_ body: @escaping @Sendable (Int, TrainingGraph) throws -> Void) throws {
    let work = Work(count: graphs.count)
    let workers = min(threads, graphs.count)
    WorkerPool.shared.start(workers) { [self] in
      while let index = work.next() {
        do {
          try body(index, graphs[index])
          work.finish(index, nil)
        } catch {
          work.finish(index, error)
        }
      }
    }
    try work.wait()
  }

  /// Unchecked, because it holds a condition; all state is read and written under it.
  private final class Work: @unchecked Sendable {
    private let condition = NSCondition()
    private let count: Int
    private var taken = 0
    private var finished = 0
    private var failures: [Int: any Error] = [:]

    init(count: Int) { self.count = count }

    func next() -> Int? {
      condition.lock()
      defer { condition.unlock() }
      guard taken < count else { return nil }
      taken += 1
      return taken - 1
    }

    func finish(_ index: Int, _ error: (any Error)?) {
      condition.lock()
      defer { condition.unlock() }
      finished += 1
      failures[index] = error
      condition.broadcast()
    }

    func wait() throws {
      condition.lock()
      defer { condition.unlock() }
      while finished < count { condition.wait() }
      if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }
  }
}
