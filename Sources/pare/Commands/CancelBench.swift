import Engine
import Synchronization
import Workbench

/// How long an evaluation goes on after it was told to stop.
struct CancelBench {
  private let project: Project
  private static let rounds = 40

  init(_ project: Project) { self.project = project }

  /// `{"cancel_ms": [...]}`: from the moment that a full pass is told to stop, each time further on in it, until no
  /// thread is in it any more.
  func measured() throws -> JSON {
    let data = try project.loadData()
    let threads = Threads.standard
    let original = OriginalOutputs(project.model.graph, threads: threads)
    let clock = ContinuousClock()
    let whole = try Evaluator(project.model.graph, on: data, threads: threads, original: original).run()
    var times: [Double] = []
    for round in 0..<Self.rounds where !Interrupt.isRequested {
      let evaluator = try Evaluator(project.model.graph, on: data, threads: threads, original: original)
      let patience = Duration.seconds(whole.seconds * Double(round) / Double(Self.rounds + 1))
      let asked = Mutex<ContinuousClock.Instant?>(nil)
      let end = clock.now + patience
      do {
        try evaluator.run {
          let now = ContinuousClock.now
          guard now >= end else { return false }
          asked.withLock { $0 = $0 ?? now }
          return true
        }
      } catch EngineError.cancelled {
        if let asked = asked.withLock({ $0 }) {
          times.append(asked.duration(to: clock.now) / .microseconds(1) / 1000)
        }
      }
    }
    return .object([("cancel_ms", .array(times.map { .number($0) }))])
  }
}
