import Graph

/// Which values of a pruned model are other ones than in the model as it was, in the channels that both have.
struct ChangedValues: Sendable {
  private var names: Set<String> = []

  /// - Parameter batchNorm: whether batch normalisations get other statistics.
  /// - Complexity: linear in the nodes and their inputs.
  init(_ model: Model, _ pruning: PruningPlan, batchNorm: Bool) {
    let layers = Dictionary(grouping: model.layers, by: \.node)
    func changes(_ index: Int, _ node: Node) -> Bool {
      if node.inputs.contains(where: names.contains) { return true }
      if let layers = layers[index] {
        // A layer that only loses output channels computes the others as before, unless it reads itself what it wrote.
        return layers.contains { layer in
          let axes = [pruning.cuts, pruning.silenced].flatMap {
            Set($0[layer.weight]?.positions.keys.map { $0 } ?? [])
          }
          return pruning.weights[layer.weight] != nil
            || axes.contains { $0 != layer.slot.outputAxis || layers.count > 1 }
        }
      }
      if batchNorm && model.typed.operators[index] is BatchNormalization { return true }
      // What sums over an axis that got shorter.
      let isCut = node.inputs.contains { pruning.cuts[$0] != nil }
      return isCut && !node.outputs.contains { pruning.cuts[$0] != nil }
    }
    for (index, node) in model.graph.nodes.enumerated() where changes(index, node) {
      names.formUnion(node.outputs)
    }
  }

  func contains(_ value: String) -> Bool { names.contains(value) }
}
