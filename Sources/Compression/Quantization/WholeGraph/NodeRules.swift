import Graph

/// The rules that nodes obey where all tensors are rounded.
struct NodeRules: Sendable {
  struct Rules: Hashable, Sendable {
    var weight: WeightRule
    var activation: ActivationRule
    /// The layer whose they are.
    var layer: Int
  }

  /// By node: a layer's own where they quantize its weight and its activations; of other nodes those of the nearest
  /// layer before them, or behind, if all the layers next to them have such. nil for the rest.
  let rules: [Rules?]

  /// - Parameters:
  ///   - weights: by the name of the weight.
  ///   - activations: by layer.
  init(_ model: Model, weights: [String: WeightRule], activations: [ActivationRule?]) {
    let graph = model.graph
    var reach = [Reach](repeating: .nothing, count: graph.nodes.count)
    var isLayer = [Bool](repeating: false, count: graph.nodes.count)
    for (index, layer) in model.layers.enumerated() where layer.slot.data != nil {
      isLayer[layer.node] = true
      reach[layer.node] = .floating
      if let weight = weights[layer.weight], let activation = activations[index],
        activation.bits != BitWidth.float
      {
        reach[layer.node] = .quantized(Rules(weight: weight, activation: activation, layer: index))
      }
    }
    let producers = model.typed.producers
    let consumers = model.typed.consumers
    // What layers lie before each node, and what lie behind it, through nodes that are none.
    var before = reach
    for (index, node) in graph.nodes.enumerated() where !isLayer[index] {
      for input in node.inputs { if let from = producers[input] { before[index].join(before[from]) } }
    }
    var behind = reach
    for (index, node) in graph.nodes.enumerated().reversed() where !isLayer[index] {
      for output in node.outputs { for to in consumers[output] ?? [] { behind[index].join(behind[to]) } }
    }
    rules = graph.nodes.indices.map { index in
      var all = before[index]
      all.join(behind[index])
      if case .quantized(let rules) = all { return rules }
      return nil
    }
  }

  private enum Reach {
    case nothing
    case quantized(Rules)
    case floating

    /// One that is left as it is decides; of others the first.
    mutating func join(_ other: Reach) {
      switch (self, other) {
      case (.nothing, _), (_, .floating): self = other
      default: return
      }
    }
  }
}
