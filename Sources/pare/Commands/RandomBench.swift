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
    let inputs = try Dictionary(graph.inputs.map { ($0.name, try tensor(for: $0)) }) { first, _ in first }
    let runner = try SampleRunner(graph, threads: threads)
    let clock = ContinuousClock()
    func run() throws -> Double {
      let elapsed = try clock.measure {
        try runner.run(
          inputs, samples: 0..<samples, batch: (samples + threads - 1) / threads,
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

  /// Numbers between -1 and 1 from a generator that is seeded alike in every run; whole ones are 0 or 1.
  private func tensor(for input: ValueInfo) throws -> Tensor {
    let sizes = [samples] + (input.dims ?? []).dropFirst().map { $0.value ?? 1 }
    let shape = Shape(sizes)
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let dtype = input.dtype ?? .float32
    if dtype.isFloatingPoint {
      let values = Tensor((0..<shape.count).map { _ in Float(next()) / Float(1 << 30) - 1 }, shape: shape)
      return dtype == .float32 ? values : values.converted(to: dtype)
    }
    return Tensor(wrapping: (0..<shape.count).map { _ in Int(next() >> 8 & 1) }, as: dtype, shape: shape)
  }
}
