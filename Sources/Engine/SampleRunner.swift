import Graph
import Tensor

/// Runs one graph over many samples, batch by batch.
///
/// The graph's inputs and outputs have the samples along their first axis.
public final class SampleRunner {
  private let evaluator: ReferenceEvaluator

  /// - Parameter threads: processor cores to use.
  /// - Throws: `GraphError` or `EngineError`, both naming the node.
  public init(_ graph: Graph, threads: Int) throws {
    evaluator = try ReferenceEvaluator(graph)
  }

  /// Runs samples `range` of `inputs`, one batch after another in order.
  ///
  /// - Parameters:
  ///   - inputs: by name, each `[samples, ...]`.
  ///   - batch: samples at a time.
  ///   - isCancelled: asked often, from any thread; true ends the run.
  ///   - body: gets each batch's range of samples and its outputs by name, in order, on the calling thread.
  /// - Throws: `EngineError.cancelled`, or what a kernel throws.
  public func run(
    _ inputs: [String: Tensor], samples range: Range<Int>, batch: Int,
    isCancelled: @Sendable () -> Bool = { false },
    body: (Range<Int>, [String: Tensor]) throws -> Void
  ) throws {
    var start = range.lowerBound
    while start < range.upperBound {
      if isCancelled() { throw EngineError.cancelled }
      let rows = start..<min(start + batch, range.upperBound)
      try body(rows, try evaluator.run(inputs.mapValues { $0.rows(rows) }))
      start = rows.upperBound
    }
  }
}
