import COneDNN

/// Loops of our own on the threads that oneDNN has for the calling thread.
enum Parallel {
  /// Runs `body` on parts of `0..<count`, on as many threads as the plan has for a step.
  ///
  /// - Parameter grain: what is worth a thread; less is done by the caller alone.
  static func forEach(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let threads = min(Int(omp_get_max_threads()), count / max(grain, 1))
    guard threads > 1 else {
      if count > 0 { body(0..<count) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var work = Work(count: count, body: body)
      withUnsafeMutablePointer(to: &work) { pointer in
        GOMP_parallel({ $0?.assumingMemoryBound(to: Work.self).pointee.run() }, pointer, UInt32(threads), 0)
      }
    }
  }

  private struct Work {
    let count: Int
    let body: (Range<Int>) -> Void

    /// The part of the thread that calls.
    func run() {
      let (index, threads) = (Int(omp_get_thread_num()), Int(omp_get_num_threads()))
      let range = count * index / threads..<count * (index + 1) / threads
      if !range.isEmpty { body(range) }
    }
  }
}
