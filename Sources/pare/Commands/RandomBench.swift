import Engine
import Foundation
import Graph
import Tensor
import Workbench

/// How long one run of a model takes on random samples, given all at once.
struct RandomBench {
  private let graph: Graph
  private let samples: Int
  private let threads = Threads.standard

  /// Runs timed at least, and for how long they go on.
  private static let (leastRuns, seconds) = (3, 1.0)

  init(_ graph: Graph, samples: Int) {
    self.graph = graph
    self.samples = samples
  }

  /// Milliseconds of each run, after one that is not counted.
  func measured() throws -> JSON {
    let data = try RandomInputs.make(for: graph, samples: samples)
    let runner = try SampleRunner(graph.fixing(data.constants), threads: threads)
    let clock = ContinuousClock()
    func run() throws -> Double {
      let elapsed = try clock.measure {
        try runner.run(
          data.inputs, samples: 0..<samples, batch: (samples + threads - 1) / threads,
          isCancelled: { Interrupt.isRequested }, body: { _, _ in })
      }
      return elapsed / .milliseconds(1)
    }
    let first = try run()
    var times: [Double] = []
    while times.count < Self.leastRuns || times.reduce(0, +) < 1000 * Self.seconds { times.append(try run()) }
    return .object([
      ("first_ms", .number(first)), ("run_ms", .array(times.map { .number($0) })),
      ("threads", .integer(threads)), ("samples", .integer(samples)),
    ])
  }
}
