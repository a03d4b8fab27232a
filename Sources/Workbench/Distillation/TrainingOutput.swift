import Compression
import Graph

/// The output that is trained: that which is judged, or the scores in front of a Softmax that ends the graph, for losses
/// are taken of logits.
struct TrainingOutput {
  let name: String

  init(_ graph: Graph, judged: String?) throws(EvaluationError) {
    guard let name = graph.scoresOutput(judged: judged) else {
      throw .model(reason: "the model gives no output")
    }
    self.name = name
  }

  /// The graph with this as its only output.
  func only(_ graph: Graph) -> Graph {
    var result = graph
    result.outputs = [graph.outputs.first { $0.name == name } ?? ValueInfo(name: name, dtype: nil, dims: nil)]
    return result.pruningUnused()
  }
}
