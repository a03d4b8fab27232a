import Graph
import Tensor

/// From a plan to its graphs: the float model, and the quantized one.
extension Compressor {
  /// The float model: pruned, repaired and with its channels scaled.
  func prunedGraph(_ plan: Plan, isCancelled: @escaping @Sendable () -> Bool) throws -> Graph {
    if plan.pruning.isEmpty && plan.repaired == nil && plan.channelScales.isEmpty { return model.graph }
    var editor = GraphEditor(model.graph)
    let changed = plan.changedConstants
    for name in changed.sorted() where model.graph.constants[name] != nil {
      if isCancelled() { throw CompressionError.cancelled }
      editor.setConstant(name, try tensor(weightKey(name, plan), plan))
    }
    var replaced: Set<String> = []
    for (index, change) in (try shortenedGraph(plan)?.changes ?? [:]).sorted(by: { $0.key < $1.key }) {
      var node = model.graph.nodes[index].applying(change)
      for (input, constant) in change.constants.sorted(by: { $0.key < $1.key }) {
        replaced.insert(node.inputs[input])
        node.inputs[input] = editor.fresh("\(node.inputs[input])_\(node.label)")
        editor.setConstant(node.inputs[input], constant)
      }
      editor.setNode(index, node)
    }
    editor.dropUnread(replaced)
    if let repaired = plan.repaired { apply(repaired, plan, to: &editor) }
    return editor.finished()
  }

  /// Constants that repairs added, and who reads them; those that it changed are in place.
  private func apply(_ repaired: Repaired, _ plan: Plan, to editor: inout GraphEditor) {
    for (name, tensor) in repaired.constants where model.graph.constants[name] == nil {
      editor.setConstant(name, addedConstant(name, tensor, plan))
    }
    for (index, inputs) in repaired.inputs {
      for (input, constant) in inputs { editor.setInput(input, of: index, to: constant) }
    }
    editor.dropUnread(repaired.dropped)
  }

  func ranges(
    _ plan: Plan, graph: Graph, calibration: CalibrationData?, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> ActivationRanges {
    guard !plan.pairs.isEmpty else { return ActivationRanges() }
    guard let calibration else {
      throw CompressionError.calibration(
        "activations of layer '\(model.layers[plan.pairs[0].layer].name)' are to be quantized, and there is "
          + "no data to measure them by")
    }
    // Of all layers at once, so that choosing others does not run the model again.
    let tensors = Set(planner.sources.sources.compactMap { $0?.tensor }).filter {
      model.typed.facts[$0]?.dtype ?? .float32 == .float32
    }.union(plan.pairs.map(\.tensor)).sorted()
    var calibrator = Calibrator(values: sampleValues(graph))
    var result = ActivationRanges()
    let groups = Dictionary(grouping: plan.pairs) { min($0.rule.samples, calibration.samples) }
    for (samples, pairs) in groups {
      let key = StatisticsKey(
        model: plan.floatModel, samples: samples, data: calibration.contentHash, tensors: tensors)
      func measure() throws -> [String: TensorStatistics] {
        try calibrator.statistics(
          of: tensors, data: calibration, samples: samples, isCancelled: isCancelled)
      }
      calibrator.known = nil
      var measured = try statistics(key, measure)
      if pairs.contains(where: { $0.rule.calibration.method.needsHistograms }) {
        calibrator.known = measured
        measured = try histograms(key, measure)
      }
      let learned = model.graph.learnedRanges
      for pair in pairs {
        let rule = pair.rule
        if rule.calibration == .learned, let range = learned[pair.tensor] {
          result.ranges[pair.tensor] = range
          continue
        }
        let place = RangeKey(
          statistics: key, tensor: pair.tensor, calibration: rule.calibration, form: pair.form)
        result.ranges[pair.tensor] = measured[pair.tensor].map { tensor in
          found(place) { rule.calibration.method.range(of: tensor, for: pair.form) }
        }
      }
    }
    return adjusted(result, plan)
  }

  func quantizedGraph(
    _ plan: Plan, graph: Graph, ranges: ActivationRanges, _ samples: SampleSource
  ) throws -> Graph {
    if plan.weights.isEmpty && plan.pairs.isEmpty { return graph }
    var editor = GraphEditor(graph)
    let opset = graph.opset(of: DequantizeLinear.type)
    let parameters = try parameters(of: plan, ranges) { editor.fresh($0) }
    var readers: [String: [ActivationPair.Reader]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for (input, name) in node.inputs.enumerated() where plan.weights[name] != nil {
        readers[name, default: []].append(.init(node: index, input: input))
      }
    }
    write(try correctedBiases(plan, samples), into: &editor)
    var scales: [String: [Float]] = [:]
    for (name, places) in readers.sorted(by: { ($0.value[0].node, $0.key) < ($1.value[0].node, $1.key) }) {
      guard let rule = plan.weights[name] else { continue }
      if samples.isCancelled() { throw CompressionError.cancelled }
      let weight = try weight(name, rule, plan, parameters, samples) { bias in
        editor.graph.nodes[bias.place.node].input(bias.place.input).flatMap { editor.graph.constants[$0] }
      }
      scales[name] = (weight as? QuantizedWeight)?.scales
      let insertion = weight.insertion(name: name, opset: opset) { editor.fresh($0) }
      editor.insert(insertion, before: places[0].node, readers: places)
    }
    for bias in plan.biases {
      guard let rules = plan.mode.rules.biases, let input = parameters[bias.provider],
        let weights = scales[bias.place.weight],
        // Repairs and corrections may have put another constant there.
        let current = editor.graph.nodes[bias.place.node].input(bias.place.input),
        let constant = editor.graph.constants[current]
      else { continue }
      let quantized = bias.quantized(constant, input: input.values.scale, weights: weights, by: rules)
      let isCopy = bias.isCopy && current == bias.place.constant
      let name = isCopy ? editor.fresh(current) : current
      let insertion = quantized.insertion(name: name, opset: opset) { editor.fresh($0) }
      editor.insert(
        insertion, before: bias.place.node, readers: [.init(node: bias.place.node, input: bias.place.input)])
    }
    for pair in plan.pairs {
      guard let parameters = parameters[pair.tensor] else { continue }
      if pair.isOutput, let source = editor.renameOutput(pair.tensor) {
        let insertion = pair.insertion(parameters, source: source.name, output: pair.tensor) {
          editor.fresh($0)
        }
        editor.insert(insertion, before: source.node + 1, readers: [])
      } else {
        let insertion = pair.insertion(parameters) { editor.fresh($0) }
        editor.insert(insertion, before: pair.readers.map(\.node).min() ?? 0, readers: pair.readers)
      }
    }
    return editor.finished()
  }
}
