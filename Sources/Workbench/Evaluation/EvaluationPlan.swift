import Formats
import Graph

/// How a graph is fed with samples, and which output is judged.
struct EvaluationPlan: Sendable {
  /// Samples at a time.
  let batch: Int
  let isFixed: Bool
  let output: String
  let kind: ScoreKind

  /// A batch of this many multiply-accumulates takes a core some milliseconds: an estimate comes soon, and what
  /// it works on stays in the core's cache.
  private static let macsPerBatch = 150_000_000
  private static let largestBatch = 50

  /// - Parameters:
  ///   - data: fitted to the graph's inputs.
  ///   - macs: multiply-accumulates of one sample; 0 where that is not known.
  /// - Throws: `EvaluationError.model` for a graph that has an input without samples, or not the output.
  init(_ graph: Graph, on data: Dataset, macs: Int) throws(EvaluationError) {
    if graph.inputs.isEmpty { throw .model(reason: "the model takes no input") }
    for input in graph.inputs where data.inputs[input.name] == nil {
      throw .model(reason: "the data has no samples for input '\(input.name)'")
    }
    guard let first = graph.outputs.first?.name else { throw .model(reason: "the model gives no output") }
    let output = data.output ?? first
    guard graph.outputs.contains(where: { $0.name == output }) else {
      let names = graph.outputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw .model(reason: "the model does not give output '\(output)'; it gives \(names)")
    }
    self.output = output
    isFixed = graph.fixedBatch != nil
    batch = graph.fixedBatch ?? min(Self.largestBatch, max(1, Self.macsPerBatch / max(macs, 1)))
    let last = graph.nodes.last { $0.outputs.contains(output) }
    kind = last?.type == Softmax.type ? .probabilities : .logits
    guard batch > 0 else { throw .model(reason: "the model takes batches of 0 samples") }
  }

  /// How many of `count` samples can be seen without filling up a batch.
  func whole(_ count: Int) -> Int { isFixed ? count / batch * batch : count }
}
