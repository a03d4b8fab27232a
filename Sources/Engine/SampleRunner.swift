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
  private var plans: [PlanKey: ExecutionPlan] = [:]
  /// Workspaces that no thread is using.
  private var idle: [PlanKey: [Workspace]] = [:]

  private struct PlanKey: Hashable {
    var inputs: [String: Shape]
  }

  /// - Parameter threads: processor cores to use.
  /// - Throws: `GraphError` where an operator is not known.
  public init(_ graph: Graph, threads: Int) throws {
    self.graph = graph
    self.threads = max(threads, 1)
    for node in graph.nodes { _ = try OperatorRegistry.resolve(node, in: graph) }
  }

  /// Runs samples `range` of `inputs`.
  ///
  /// - Parameters:
  ///   - inputs: by name, each `[samples, ...]`.
  ///   - batch: samples at a time.
  ///   - isCancelled: asked before every operator, from any thread; true ends the run.
  ///   - body: gets each batch's range of samples and its outputs by name, in order, on the calling thread.
  /// - Throws: `EngineError.cancelled`, what a kernel or `body` throws, or `EngineError.input` where an input does
  ///   not fit.
  public func run(
    _ inputs: [String: Samples], samples range: Range<Int>, batch: Int,
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
    let pool = try Dictionary(grouping: Set([first.count, last.count]), by: { $0 }).mapValues { sizes in
      try workspaces(inputs, batch: sizes[0], count: workers)
    }
    let run = BatchRun(batches: batches, inputs: given, workspaces: pool, isCancelled: isCancelled)
    WorkerPool.shared.start(workers) { run.work() }
    defer {
      run.stop(workers: workers)
      for (size, workspaces) in pool { idle[key(inputs, batch: size), default: []] = workspaces }
    }
    for (index, rows) in batches.enumerated() {
      // The threads may be ahead: what they have finished is stale all the same.
      if isCancelled() { throw EngineError.cancelled }
      try body(rows, try run.result(index))
    }
  }

  private func key(_ inputs: [String: Samples], batch: Int) -> PlanKey {
    PlanKey(inputs: inputs.mapValues { Shape([batch] + $0.shape.dims.dropFirst()) })
  }

  /// A workspace for each worker, made where there are too few.
  private func workspaces(_ inputs: [String: Samples], batch: Int, count: Int) throws -> [Workspace] {
    let key = key(inputs, batch: batch)
    var workspaces = idle.removeValue(forKey: key) ?? []
    let plan: ExecutionPlan
    if let known = plans[key] {
      plan = known
    } else {
      let specifications = inputs.map { name, tensor in (name, (tensor.dtype, key.inputs[name]!)) }
      plan = try ExecutionPlan(graph, inputs: Dictionary(uniqueKeysWithValues: specifications))
      plans[key] = plan
    }
    while workspaces.count < count { workspaces.append(try Workspace(plan)) }
    return workspaces
  }
}
