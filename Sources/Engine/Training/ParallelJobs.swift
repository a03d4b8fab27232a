import Foundation

/// Jobs that do not depend on each other, on several threads.
public enum ParallelJobs {
  /// Runs `body` for each number from 0 to `count`, and waits for all.
  ///
  /// - Parameter threads: processor cores to use; with one, everything happens on the thread that calls.
  /// - Throws: what `body` throws for the first number for which it does.
  public static func run(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws -> Void
  ) throws {
    let workers = min(threads, count)
    guard workers > 1 else {
      for index in 0..<count { try body(index) }
      return
    }
    let work = Work(count: count)
    WorkerPool.shared.start(workers) {
      while let index = work.next() {
        do {
          try body(index)
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
      if finished == count { condition.broadcast() }
    }

    func wait() throws {
      condition.lock()
      defer { condition.unlock() }
      while finished < count { condition.wait() }
      if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }
  }
}
