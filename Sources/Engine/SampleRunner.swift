import Foundation
import Graph
import Tensor

/// Runs one graph over many samples, batch by batch, on several threads that each take a whole batch.
///
/// The graph's inputs and outputs have the samples along their first axis. Threads that share nothing but the
/// weights need no barriers between operators, and what they work on stays in their own caches.
public final class SampleRunner {
  private let graph: Graph
  private let threads: Int
  private let cache: ActivationCache?
  private let keepsAll: Bool
  /// By the threads that one run of them uses.
  private var programs: [Int: GraphProgram] = [:]
  /// Runs that no thread is using, by the same.
  private var idle: [Int: [GraphRun]] = [:]

  /// - Parameters:
  ///   - threads: processor cores to use.
  ///   - cache: values that earlier runs of graphs on the same samples left, and what these runs are to leave.
  ///   - keepsAll: leave all that the cache has room for, not only what was met before.
  /// - Throws: `GraphError` where an operator is not known.
  public init(_ graph: Graph, threads: Int, cache: ActivationCache? = nil, keepsAll: Bool = false) throws {
    self.graph = graph
    self.threads = max(threads, 1)
    self.cache = cache
    self.keepsAll = keepsAll
    for node in graph.nodes { _ = try OperatorRegistry.resolve(node, in: graph) }
  }

  /// Runs samples `range` of `inputs`.
  ///
  /// - Parameters:
  ///   - inputs: by name, each `[samples, ...]`.
  ///   - batch: samples at a time.
  ///   - isCached: whether these are the samples of the cache's data.
  ///   - isCancelled: asked before every operator, from any thread; true ends the run.
  ///   - body: gets each batch's range of samples and its outputs by name, in order, on the calling thread.
  /// - Throws: `EngineError.cancelled`, what a kernel or `body` throws, or `EngineError.input` where an input does
  ///   not fit.
  public func run(
    _ inputs: [String: Samples], samples range: Range<Int>, batch: Int, isCached: Bool = true,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    body: (Range<Int>, [String: Tensor]) throws -> Void
  ) throws {
    let batches = stride(from: range.lowerBound, to: range.upperBound, by: batch).map {
      $0..<min($0 + batch, range.upperBound)
    }
    guard let first = batches.first, let last = batches.last else { return }
    let given = try graph.inputs.map { input in
      guard let samples = inputs[input.name] else {
        throw EngineError.input(input.name, reason: "is not given")
      }
      guard samples.count >= range.upperBound else {
        throw EngineError.input(input.name, reason: "has fewer than \(range.upperBound) samples")
      }
      return samples
    }
    let workers = min(threads, batches.count)
    // Fewer batches than threads share the threads between them.
    let each = threads / workers
    let program = programs[each] ?? GraphProgram(graph, threads: each, isResumable: cache != nil)
    programs[each] = program
    var wanted: [ObjectIdentifier: [Bool]] = [:]
    for size in Set([first.count, last.count]) {
      let inputs = specification(given, batch: size)
      let stage =
        each > 1
        ? try WorkerPool.shared.onFirst { try program.first(inputs) } : try program.first(inputs)
      if let cache, isCached {
        wanted[ObjectIdentifier(stage)] = cache.admit(stage.plan.checkpoints).map { $0 || keepsAll }
      }
    }
    var runs = idle.removeValue(forKey: each) ?? []
    while runs.count < workers { runs.append(GraphRun(program)) }
    let run = BatchRun(
      batches: batches, inputs: Dictionary(uniqueKeysWithValues: zip(graph.inputs.map(\.name), given)),
      runs: runs,
      resuming: { [cache, wanted] stage, rows in
        guard let cache, let wanted = wanted[ObjectIdentifier(stage)] else { return nil }
        return Resumption(cache: cache, rows: rows, wanted: wanted)
      }, isCancelled: isCancelled)
    WorkerPool.shared.start(workers) { run.work() }
    defer {
      run.stop(workers: workers)
      idle[each] = runs
    }
    for (index, rows) in batches.enumerated() {
      // The threads may be ahead: what they have finished is stale all the same.
      if isCancelled() { throw EngineError.cancelled }
      try body(rows, try run.result(index))
    }
  }

  private func specification(_ samples: [Samples], batch: Int) -> [String: Stage.Input] {
    let inputs = zip(graph.inputs, samples).map { input, samples in
      (input.name, Stage.Input.shape(samples.dtype, Shape([batch] + samples.shape.dims.dropFirst())))
    }
    return Dictionary(inputs) { first, _ in first }
  }
}
