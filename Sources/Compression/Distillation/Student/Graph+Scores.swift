import Graph

extension Graph {
  /// The output of which losses are taken: the one that is judged, or the scores in front of a Softmax that ends the graph.
  ///
  /// - Parameter output: the one that is judged; the first unless told.
  /// - Returns: nil for a graph without outputs.
  public func scoresOutput(judged output: String? = nil) -> String? {
    guard let output = output ?? outputs.first?.name else { return nil }
    let writer = nodes.last { $0.outputs.contains(output) }
    return writer.flatMap { $0.type == "Softmax" ? $0.input(0) : nil } ?? output
  }
}
