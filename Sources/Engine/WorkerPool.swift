import Foundation

/// Threads that compute, below the priority of the one that draws.
///
/// Unchecked, because it holds a condition; all state is read and written under it.
final class WorkerPool: @unchecked Sendable {
  /// The pool of the process. Its threads are made once and sleep while there is nothing to do.
  static let shared = WorkerPool()

  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  private var threads = 0

  /// Runs `job` on each of `count` threads, and returns at once.
  func start(_ count: Int, _ job: @escaping @Sendable () -> Void) {
    condition.lock()
    defer { condition.unlock() }
    while threads < count {
      threads += 1
      let thread = Thread { [self] in work() }
      thread.name = "pare-compute"
      thread.stackSize = 8 << 20
      thread.start()
    }
    jobs.append(contentsOf: repeatElement(job, count: count))
    condition.broadcast()
  }

  private func work() {
    // On Linux the nice value belongs to the thread. Failing to lower it is no reason not to compute.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    while true {
      condition.lock()
      while jobs.isEmpty { condition.wait() }
      let job = jobs.removeFirst()
      condition.unlock()
      job()
    }
  }
}
