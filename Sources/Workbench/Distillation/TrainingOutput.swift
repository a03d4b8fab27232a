import Graph

/// The output that is trained: that which is judged, or the scores in front of a Softmax that ends the graph, for losses
/// are taken of logits.
struct TrainingOutput {
  let name: String

  init(_ graph: Graph, judged: String?) throws(EvaluationError) {
    guard let first = graph.outputs.first?.name else { throw .model(reason: "the model gives no output") }
    let output = judged ?? first
    let writer = graph.nodes.last { $0.outputs.contains(output) }
    name = writer.flatMap { $0.type == Softmax.type ? $0.input(0) : nil } ?? output
  }

  /// The graph with this as its only output.
  func only(_ graph: Graph) -> Graph {
    var result = graph
    result.outputs = [graph.outputs.first { $0.name == name } ?? ValueInfo(name: name, dtype: nil, dims: nil)]
    return result.pruningUnused()
  }
}
