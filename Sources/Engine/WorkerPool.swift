import Foundation

/// Threads that compute, below the priority of the one that draws.
///
/// Unchecked, because it holds a condition; all state is read and written under it.
final class WorkerPool: @unchecked Sendable {
  /// The pool of the process. Its threads are made once and sleep while there is nothing to do.
  static let shared = WorkerPool()

  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  /// Jobs for the first thread alone.
  private var firstJobs: [@Sendable () -> Void] = []
  private var threads = 0

  /// Runs `job` on each of `count` threads, and returns at once.
  func start(_ count: Int, _ job: @escaping @Sendable () -> Void) {
    condition.lock()
    defer { condition.unlock() }
    make(count)
    // One that is alone has threads of oneDNN's under it, which must be the same ones at each time.
    if count == 1 { firstJobs.append(job) } else { jobs.append(contentsOf: repeatElement(job, count: count)) }
    condition.broadcast()
  }

  /// Runs `body` on the first thread, and waits for it.
  ///
  /// OpenMP keeps a team of threads for each thread that ever asked for one, and has them sleep at once, in place of
  /// spinning for a moment, where there are more in all teams than cores: whatever oneDNN does on several threads is
  /// therefore done from one.
  func onFirst<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) throws -> Result {
    let box = Box<Result>()
    let done = DispatchSemaphore(value: 0)
    condition.lock()
    make(1)
    firstJobs.append {
      box.result = Swift.Result { try body() }
      done.signal()
    }
    condition.broadcast()
    condition.unlock()
    done.wait()
    // The job has run, and nothing else writes to the box.
    return try box.result!.get()
  }

  /// Unchecked, because a semaphore orders its one write and its one read.
  private final class Box<Value>: @unchecked Sendable {
    var result: Result<Value, any Error>?
  }

  /// Under the lock.
  private func make(_ count: Int) {
    while threads < count {
      let isFirst = threads == 0
      threads += 1
      let thread = Thread { [self] in work(isFirst: isFirst) }
      thread.name = "pare-compute"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  private func work(isFirst: Bool) {
    // On Linux the nice value belongs to the thread. Failing to lower it is no reason not to compute.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    while true {
      condition.lock()
      while jobs.isEmpty && (!isFirst || firstJobs.isEmpty) { condition.wait() }
      let job = isFirst && !firstJobs.isEmpty ? firstJobs.removeFirst() : jobs.removeFirst()
      condition.unlock()
      job()
    }
  }
}
