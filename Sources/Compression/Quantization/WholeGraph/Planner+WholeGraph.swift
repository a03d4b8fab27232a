import Graph
import Tensor

extension Planner {
  /// Plans pairs for all tensors that the tool of the mode rounds, and integers for the constants among them.
  ///
  /// - Parameter activations: by layer.
  func planAllTensors(_ activations: [ActivationRule?], into plan: inout Plan) {
    let rules = NodeRules(model, weights: plan.weights, activations: activations)
    let tensors = plan.mode.rules.tensors
    let marks = TensorMarks(model, rules: rules, mode: tensors)
    for (name, rules) in marks.operands { plan.weights[name] = rules.operand }
    for (name, rules) in marks.factors { plan.weights[name] = rules.factor }
    plan.pairs = pairs(marks, rules, plan.mode)
    plan.adjusting = rules.rules.indices.filter { rules.rules[$0] != nil }
    guard plan.mode.rules.biases != nil else { return }
    var seen: Set<String> = []
    plan.biases = marks.biases.filter { plan.weights[$0.constant] == nil }.map { place in
      QuantizedBias(
        place: place, provider: marks.provider(of: place.data),
        isCopy: !seen.insert(place.constant).inserted)
    }
  }

  /// - Throws: `CompressionError.layer` where the operator set knows no scale for each channel of a bias.
  func requireBiases(_ plan: Plan) throws(CompressionError) {
    let opset = model.graph.opset(of: DequantizeLinear.type)
    if opset >= 13 { return }
    for bias in plan.biases where plan.weights[bias.place.weight]?.granularity == .channel {
      guard let layer = model.layers.first(where: { $0.node == bias.place.node }) else { continue }
      throw .layer(
        layer.name,
        reason:
          "its bias can have a scale for each channel from operator set 13 on, and the model has \(opset); "
          + "export it again with a newer one, or let \"tensors\" be \"inputs\"")
    }
  }

  /// Those with a scale of their own first.
  private func pairs(_ marks: TensorMarks, _ rules: NodeRules, _ mode: QuantizationMode?) -> [ActivationPair]
  {
    let graph = model.graph
    let producers = model.typed.producers
    var readers: [String: [ActivationPair.Reader]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for (input, name) in node.inputs.enumerated() {
        readers[name, default: []].append(.init(node: index, input: input))
      }
    }
    let layers = Set(model.layers.map(\.node))
    let outputs = Set(graph.outputs.map(\.name))
    var pairs: [String: ActivationPair] = [:]
    for name in marks.order {
      let places = readers[name] ?? []
      // The widest of the layers that read it, else what wrote it, else what reads it.
      let direct = places.filter { layers.contains($0.node) }.compactMap { rules.rules[$0.node] }
      let widest = direct.reduce(nil as NodeRules.Rules?) { best, next in
        best.map { $0.activation.bits <= next.activation.bits } ?? true ? next : best
      }
      let around = [producers[name]].compactMap { $0 } + places.map(\.node)
      guard let chosen = widest ?? around.lazy.compactMap({ rules.rules[$0] }).first else { continue }
      pairs[name] = ActivationPair(
        tensor: name, rule: chosen.activation, layer: chosen.layer, readers: places, mode: mode,
        isOutput: outputs.contains(name))
    }
    for name in marks.order {
      let provider = marks.provider(of: name)
      guard provider != name else { continue }
      pairs[name]?.provider = provider
      if let owner = pairs[provider] {
        pairs[name]?.rule = owner.rule
        pairs[name]?.sharesConstants = true
      } else if let rule = marks.operands[provider]?.activation {
        pairs[name]?.rule = rule
      }
    }
    let inOrder = marks.order.compactMap { pairs[$0] }
    return inOrder.filter { $0.provider == nil } + inOrder.filter { $0.provider != nil }
  }
}

extension NodeRules.Rules {
  /// For constants between activations: their rule, but for the range of weights where that is reduced.
  fileprivate var operand: WeightRule {
    let integers = weight.linear.integers == .reduced ? .reduced : activation.integers
    return WeightRule(
      layers: [], bits: activation.bits, scheme: WeightScheme(activation.scheme),
      linear: LinearOptions(integers: integers, isSigned: activation.isSigned))
  }

  /// For the factors of a normalization: the weight's rule with one scale, which for unsigned integers is affine
  /// unless the rule asks for one scale too.
  fileprivate var factor: WeightRule {
    var rule = weight
    rule.layers = []
    if rule.granularity != .tensor && !rule.linear.isSigned { rule.scheme = .affine }
    rule.granularity = .tensor
    return rule
  }
}

extension Plan {
  /// The pair through which a layer reads its input, as far back as nodes only move or select values.
  func pair(of layer: Layer, in typed: TypedGraph, producers: [String: Int]) -> ActivationPair? {
    guard let input = layer.slot.data else { return nil }
    var reader = ActivationPair.Reader(node: layer.node, input: input)
    while let name = typed.graph.nodes[reader.node].input(reader.input) {
      if let pair = pairs.first(where: { $0.tensor == name && $0.readers.contains(reader) }) { return pair }
      guard let index = producers[name], typed.operators[index]?.selects == true else { return nil }
      reader = .init(node: index, input: 0)
    }
    return nil
  }
}
