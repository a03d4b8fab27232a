import Graph

/// Nodes whose result is added to what they read: a sum of a value, the shortcut, and of what the branch makes of it.
struct ResidualBlock {
  /// Index of the node that adds.
  let sum: Int
  /// The block's input, which the sum takes as it is.
  let shortcut: String
  /// What the sum gives.
  let output: String
  /// Indices of the nodes from the shortcut to the sum, without it.
  let branch: Set<Int>
  /// Why the branch cannot be left out, in a sentence; nil where it can.
  let obstacle: String?
}

/// The residual blocks of a model, and what else is added up in it.
struct ResidualBlocks {
  private(set) var blocks: [ResidualBlock] = []
  /// Indices of sums of two values that are computed, where neither is made of the other.
  private(set) var joins: [Int] = []
  private let model: Model

  /// - Complexity: linear in the nodes between each sum and its shortcut.
  init(_ model: Model) {
    self.model = model
    let producers = model.graph.producers
    let fixed = model.typed.constantValues
    for (index, node) in model.graph.nodes.enumerated() where Self.isSum(node) {
      let (a, b) = (node.inputs[0], node.inputs[1])
      guard a != b, !fixed.contains(a), !fixed.contains(b) else { continue }
      let found =
        Self.branch(of: b, from: a, in: model, producers).map { (a, b, $0) }
        ?? Self.branch(of: a, from: b, in: model, producers).map { (b, a, $0) }
      guard let (shortcut, result, branch) = found else {
        joins.append(index)
        continue
      }
      blocks.append(
        ResidualBlock(
          sum: index, shortcut: shortcut, output: node.outputs[0], branch: branch,
          obstacle: Self.obstacle(shortcut, result, output: node.outputs[0], in: model)))
    }
  }

  private static func isSum(_ node: Node) -> Bool {
    (node.type == Add.type || node.type == Sum.type) && node.inputs.count == 2 && node.outputs.count == 1
      && node.input(0) != nil && node.input(1) != nil
  }

  /// Nodes by which a value is made of another one, not only of its sizes; nil where it is not.
  private static func branch(
    of value: String, from source: String, in model: Model, _ producers: [String: Int]
  ) -> Set<Int>? {
    // Nodes are in order: what comes before the source's own has not read it.
    let first = producers[source] ?? -1
    guard let last = producers[value], last > first else { return nil }
    var needed: Set<Int> = [last]
    var open = [last]
    while let index = open.popLast() {
      for input in model.graph.nodes[index].inputs where input != source {
        if let producer = producers[input], producer > first, needed.insert(producer).inserted {
          open.append(producer)
        }
      }
    }
    var branch: Set<Int> = []
    var made: Set<String> = [source]
    for index in needed.sorted() where !(model.typed.operators[index] is any SizeReading) {
      let node = model.graph.nodes[index]
      guard node.inputs.contains(where: made.contains) else { continue }
      branch.insert(index)
      made.formUnion(node.outputs)
    }
    return branch.contains(last) ? branch : nil
  }

  private static func obstacle(_ shortcut: String, _ result: String, output: String, in model: Model)
    -> String?
  {
    let facts = model.typed.facts
    guard let own = facts[shortcut]?.dims, let sum = facts[output]?.dims else {
      return "the shape of its shortcut is not known"
    }
    let isSame = own.count == sum.count && !zip(own, sum).contains { $0.equals($1) == false }
    return isSame
      ? nil : "its shortcut is \(own.text), which is stretched to \(sum.text) by what is added to it"
  }

  /// The innermost block that a layer is in the branch of.
  func block(ofLayer layer: Layer) -> ResidualBlock? {
    blocks.filter { $0.branch.contains(layer.node) }.min { $0.branch.count < $1.branch.count }
  }

  /// Why a layer names no block.
  func reason(ofLayer layer: Layer) -> String {
    let (graph, operators) = (model.graph, model.typed.operators)
    var behind = Set(graph.nodes[layer.node].outputs)
    for index in graph.nodes.indices.dropFirst(layer.node + 1)
    where !(operators[index] is any SizeReading) && graph.nodes[index].inputs.contains(where: behind.contains)
    {
      behind.formUnion(graph.nodes[index].outputs)
    }
    let origins = sources(of: graph.nodes[layer.node].inputs)
    let join = joins.first { index in
      let inputs = graph.nodes[index].inputs
      let others = inputs.filter { !behind.contains($0) }
      return others.count == 1 && !sources(of: others).isDisjoint(with: origins)
    }
    guard let join else { return "it lies in no residual block" }
    return
      "its shortcut is not the identity: node '\(graph.nodes[join].label)' adds something else that is computed"
  }

  /// All values that some are computed of, with themselves.
  private func sources(of values: [String]) -> Set<String> {
    let fixed = model.typed.constantValues
    var found = Set(values).subtracting(fixed)
    for index in model.graph.nodes.indices.reversed() where !(model.typed.operators[index] is any SizeReading)
    {
      let node = model.graph.nodes[index]
      if node.outputs.contains(where: found.contains) {
        found.formUnion(node.inputs.filter { !$0.isEmpty && !fixed.contains($0) })
      }
    }
    return found
  }

  /// Layers of each block that can be left out, by their names.
  var names: [[String]] {
    let layers = model.layers.compactMap { layer in
      block(ofLayer: layer).flatMap { $0.obstacle == nil ? (sum: $0.sum, name: layer.name) : nil }
    }
    return blocks.map { block in layers.filter { $0.sum == block.sum }.map(\.name) }.filter { !$0.isEmpty }
  }
}
