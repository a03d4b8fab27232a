import Graph

/// Where the inputs of layers come from: the place to round them.
struct ActivationSources: Sendable {
  /// The tensor to round, and the place that reads it, by layer; nil where the input is a constant,
  /// or the weight meets no input.
  let sources: [(tensor: String, reader: ActivationPair.Reader)?]

  /// Goes back from each layer's input through nodes that only move or select values, as long as nothing else
  /// reads what they write: in Conv, Relu, MaxPool, Conv it is the Relu's output, before the MaxPool.
  init(_ model: Model) {
    let graph = model.graph
    let producers = model.typed.producers
    let consumers = model.typed.consumers
    let outputs = Set(graph.outputs.map(\.name))
    let constants = model.typed.constantValues
    sources = model.layers.map { layer in
      guard let input = layer.slot.data, var tensor = layer.data(in: graph), !constants.contains(tensor)
      else { return nil }
      var reader = ActivationPair.Reader(node: layer.node, input: input)
      while let index = producers[tensor], let op = model.typed.operators[index], op.selects,
        graph.nodes[index].outputs.first == tensor, consumers[tensor]?.count == 1,
        !outputs.contains(tensor), let source = graph.nodes[index].input(0), !constants.contains(source)
      {
        tensor = source
        reader = ActivationPair.Reader(node: index, input: 0)
      }
      return (tensor, reader)
    }
  }

  /// The pairs that rules ask for, one a tensor, in the order of the first layer that reads it. Where layers
  /// ask for different widths of the same tensor the widest is taken with its rule, of equal ones the last.
  ///
  /// - Parameter rules: by layer.
  func pairs(_ rules: [ActivationRule?], _ mode: QuantizationMode?) -> [ActivationPair] {
    var order: [String] = []
    var pairs: [String: ActivationPair] = [:]
    for (layer, rule) in rules.enumerated() {
      guard let rule, rule.bits != BitWidth.float, let source = sources[layer] else { continue }
      guard var pair = pairs[source.tensor] else {
        order.append(source.tensor)
        pairs[source.tensor] = ActivationPair(
          tensor: source.tensor, rule: rule, layer: layer, readers: [source.reader], mode: mode)
        continue
      }
      if !pair.readers.contains(source.reader) { pair.readers.append(source.reader) }
      if rule.bits >= pair.bits {
        (pair.rule, pair.layer) = (rule, layer)
      }
      pairs[source.tensor] = pair
    }
    return order.compactMap { pairs[$0] }
  }
}
