import Engine
import Graph
import Tensor

/// What the model as it was gives for the samples, for those who compare. Outputs are kept while they are not too
/// many, so that each recipe does not run that model again. Belongs to one thread.
public final class OriginalOutputs {
  /// Bytes of outputs that are kept.
  private static let limit = 512 << 20

  private let graph: Graph
  private let threads: Int
  private var runner: SampleRunner?
  private var kept: [Range<Int>: Tensor] = [:]
  private var bytes = 0

  public init(_ graph: Graph, threads: Int) {
    self.graph = graph
    self.threads = threads
  }

  /// The output of each batch of samples `range`, by the rows of the batch.
  ///
  /// - Parameters:
  ///   - inputs: what the graph is given; always the same samples.
  ///   - first: where sample 0 of `inputs` stands among all.
  /// - Throws: as `SampleRunner`.
  func outputs(
    _ inputs: [String: Samples], _ constants: [String: Tensor], samples range: Range<Int>,
    from first: Int = 0,
    batch: Int, output: String, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Range<Int>: Tensor] {
    var found: [Range<Int>: Tensor] = [:]
    let batches = stride(from: range.lowerBound, to: range.upperBound, by: batch).map {
      $0..<min($0 + batch, range.upperBound)
    }
    for rows in batches {
      found[rows] = kept[(rows.lowerBound + first)..<(rows.upperBound + first)]
    }
    if found.count == batches.count { return found }
    found = [:]
    let runner = try runner ?? SampleRunner(graph.fixing(constants), threads: threads)
    self.runner = runner
    try runner.run(inputs, samples: range, batch: batch, isCancelled: isCancelled) { rows, outputs in
      guard let tensor = outputs[output] else { return }
      found[rows] = tensor
      guard bytes + tensor.byteCount <= Self.limit else { return }
      let place = (rows.lowerBound + first)..<(rows.upperBound + first)
      if kept.updateValue(tensor, forKey: place) == nil { bytes += tensor.byteCount }
    }
    return found
  }
}
