import Graph

/// How a graph is fed with samples and read as a classifier.
struct EvaluationPlan: Sendable {
  /// Samples at a time.
  let batch: Int
  let isFixed: Bool
  let input: String
  let output: String
  let kind: ClassScores.Kind

  /// A batch of this many multiply-accumulates takes a core some milliseconds: an estimate comes soon, and what
  /// it works on stays in the core's cache.
  private static let macsPerBatch = 150_000_000
  private static let largestBatch = 50

  /// - Parameter macs: multiply-accumulates of one sample; 0 where that is not known.
  /// - Throws: `EvaluationError.model` for a graph that does not take one input and give an output.
  init(_ graph: Graph, macs: Int) throws(EvaluationError) {
    guard graph.inputs.count == 1 else {
      let names = graph.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
      throw .model(
        reason:
          "the model takes \(graph.inputs.count) inputs (\(names)), but a data set has one for each sample")
    }
    guard let output = graph.outputs.first?.name else { throw .model(reason: "the model gives no output") }
    input = graph.inputs[0].name
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
