import Graph

extension Model {
  /// The model without residual blocks: what read the sum at the end of one reads its shortcut.
  ///
  /// A layer names the innermost block that it is in the branch of.
  ///
  /// - Parameter patterns: names of layers, with `*` and `?` as in rules.
  /// - Throws: `RecipeError` for a pattern that matches no layer, or one that is in no block which can go.
  public func withoutBlocks(_ patterns: [String]) throws -> Model {
    let all = ResidualBlocks(self)
    var dropped: [Int: (block: ResidualBlock, pattern: Int)] = [:]
    for (index, pattern) in patterns.enumerated() {
      let glob = Glob(pattern)
      let named = layers.filter { glob.matches($0.name) }
      if named.isEmpty { throw Self.failure(index, "no layer matches '\(pattern)'", all) }
      for layer in named {
        guard let block = all.block(ofLayer: layer) else {
          throw Self.failure(
            index, "layer '\(layer.name)' cannot be left out: \(all.reason(ofLayer: layer))", all)
        }
        if let obstacle = block.obstacle {
          throw Self.failure(index, "layer '\(layer.name)' cannot be left out: \(obstacle)", all)
        }
        dropped[block.sum] = (block, index)
      }
    }
    let result = Self.without(dropped.values.map(\.block), graph)
    let left = Set(result.nodes.flatMap(\.outputs))
    for (block, pattern) in dropped.values.sorted(by: { $0.block.sum < $1.block.sum }) {
      for layer in layers where block.branch.contains(layer.node) {
        if let value = graph.nodes[layer.node].outputs.first(where: left.contains) {
          throw Self.failure(
            pattern, "layer '\(layer.name)' cannot be left out: '\(value)' is read outside of its block", all)
        }
      }
    }
    return try Model(result, name: name, path: path)
  }

  private static func without(_ blocks: [ResidualBlock], _ graph: Graph) -> Graph {
    let shortcuts = Dictionary(uniqueKeysWithValues: blocks.map { ($0.output, $0.shortcut) })
    func source(_ value: String) -> String {
      var value = value
      while let next = shortcuts[value] { value = next }
      return value
    }
    let outputs = Set(graph.outputs.map(\.name))
    let sums = Set(blocks.map(\.sum))
    var result = graph
    result.nodes = graph.nodes.enumerated().compactMap { index, node in
      var node = node
      node.inputs = node.inputs.map(source)
      guard sums.contains(index) else { return node }
      // An output of the graph keeps its name.
      guard outputs.contains(node.outputs[0]) else { return nil }
      (node.type, node.inputs, node.attributes) = (Identity.type, [source(node.outputs[0])], [:])
      return node
    }
    return result.pruningUnused()
  }

  private static func failure(_ pattern: Int, _ reason: String, _ blocks: ResidualBlocks) -> RecipeError {
    let names = blocks.names
    let known =
      names.prefix(12).map { $0.prefix(4).joined(separator: " ") + ($0.count > 4 ? " …" : "") }
      .joined(separator: ", ") + (names.count > 12 ? ", …" : "")
    return RecipeError(
      field: "distillation.blocks[\(pattern)]",
      reason: reason
        + (names.isEmpty
          ? "; the model has no block that can be left out" : "; blocks that can be are those of \(known)"))
  }
}
