import Engine
import Graph
import Tensor

/// Biases that make up for the rounding of weights.
extension Compressor {
  /// What decides corrected biases.
  struct BiasKey: Hashable, Sendable {
    var model: FloatModelKey
    /// Without their layers.
    var weights: [String: WeightRule]
    var mode: QuantizationMode?
    var data: ContentHash
  }

  func biasKey(_ plan: Plan, _ data: CalibrationData) -> BiasKey {
    let rules = plan.weights.mapValues { rule in
      var rule = rule
      rule.layers = []
      return rule
    }
    return BiasKey(model: plan.floatModel, weights: rules, mode: plan.mode, data: data.contentHash)
  }

  /// The biases of the layers whose weights are quantized, where the plan corrects them.
  ///
  /// - Complexity: the model's part up to each layer is run once for each, but for those that read the same value.
  func correctedBiases(_ plan: Plan, _ samples: SampleSource) throws -> [CorrectedBias] {
    let places = correctedPlaces(plan)
    guard let first = places.first else { return [] }
    guard let data = samples.data else {
      throw CompressionError.calibration(
        "the bias of layer '\(model.layers[first.layer].name)' is to be corrected, and there is no data to "
          + "observe the layer with")
    }
    return try biases(biasKey(plan, data)) { try correct(places, plan, data, samples) }
  }

  private func correct(
    _ places: [(layer: Int, place: BiasPlace)], _ plan: Plan, _ data: CalibrationData,
    _ samples: SampleSource
  ) throws -> [CorrectedBias] {
    var editor = GraphEditor(try prunedGraph(plan, isCancelled: samples.isCancelled))
    let exact = editor.graph
    let count = CorrectedBias.samples
    let wanted = try observe(
      places.map { $0.layer }, [.inputs], data, samples: count, of: plan.floatModel, graph: { exact },
      samples.isCancelled)
    for (weight, rule) in plan.weights.sorted(by: { $0.key < $1.key }) {
      let rounded = try quantizedWeight(weightKey(weight, plan), rule, plan, samples)
      editor.setConstant(weight, rounded.dequantized)
    }
    var corrected: [CorrectedBias] = []
    var rest = places[...]
    while let next = rest.first {
      // Nothing comes between layers that read the same value.
      let group = rest.prefix { source($0.layer) == source(next.layer) }
      rest = rest.dropFirst(group.count)
      let observer = LayerObserver(
        values: sampleValues(editor.graph), layers: group.map { model.layers[$0.layer] }, kinds: [.inputs])
      let found = try observer.observe(data, samples: count, isCancelled: samples.isCancelled)
      let biases = zip(group, found).compactMap { next, found in
        bias(
          next.layer, next.place, exact: exact, rounded: editor.graph, wanted[next.layer]?.means ?? [],
          found.means)
      }
      write(biases, into: &editor)
      corrected += biases
    }
    return corrected
  }

  /// The value that a layer reads.
  private func source(_ index: Int) -> String? {
    model.layers[index].data(in: model.graph)
  }

  private func bias(
    _ index: Int, _ place: BiasPlace, exact: Graph, rounded: Graph, _ wanted: [Double], _ found: [Double]
  ) -> CorrectedBias? {
    let layer = model.layers[index]
    guard let op = model.typed.operators[layer.node] as? any Unfoldable,
      let weight = exact.constants[layer.weight], let other = rounded.constants[layer.weight]
    else {
      return nil
    }
    // Repairs may have put another constant there than the model has.
    let constant = exact.nodes[place.node].input(place.input).flatMap { exact.constants[$0] }
    let change = BiasCorrection(weight, slot: layer.slot, means: wanted, factor: op.sumFactor)
      .change(other, means: found)
    return CorrectedBias(layer: index, place: place, tensor: place.moved(constant, by: change))
  }

  /// Where biases are to be corrected.
  func correctedPlaces(_ plan: Plan) -> [(layer: Int, place: BiasPlace)] {
    guard plan.correctsBiases else { return [] }
    return planner.biasPlaces.filter { layer, place in
      // What an Add adds may be rounded itself, as all tensors are: then it is no bias any more.
      let constant = place.constant.flatMap { plan.weights[$0] }
      return constant == nil && plan.weights[model.layers[layer].weight] != nil
    }
  }

  func write(_ biases: [CorrectedBias], into editor: inout GraphEditor) {
    var replaced: Set<String> = []
    for bias in biases {
      let place = bias.place
      let current = editor.graph.nodes[place.node].input(place.input)
      if let current, isOwn(current, place) {
        editor.setConstant(current, bias.tensor)
        continue
      }
      let name = editor.fresh((current ?? model.layers[bias.layer].weight) + "_bias")
      editor.setConstant(name, bias.tensor)
      editor.setInput(place.input, of: place.node, to: name)
      if let current { replaced.insert(current) }
    }
    editor.dropUnread(replaced)
  }

  /// The same by arithmetic.
  func count(_ biases: [CorrectedBias], _ plan: Plan, in sheet: inout CostSheet) {
    var replaced: [String: Int] = [:]
    for bias in biases {
      let tally = ConstantTally(
        parameters: bias.tensor.count, nonzero: bias.tensor.nonzeroCount, bytes: bias.tensor.byteCount)
      let place = bias.place
      let current = plan.repaired?.inputs[place.node]?[place.input] ?? place.constant
      if let current, isOwn(current, place) {
        sheet.constants[current] = tally
        continue
      }
      let name = Self.newBias(place.node, place.input)
      sheet.constants[name] = tally
      if place.node == model.layers[bias.layer].node { sheet.layers[bias.layer].bias = name }
      if let current { replaced[current, default: 0] += 1 }
    }
    for (constant, count) in replaced where count == model.graph.readings(of: constant) {
      sheet.constants[constant] = nil
    }
  }

  /// The name under which a bias is counted that repairs or corrections have put in the place of the model's own; nil
  /// where they have not.
  func replacedBias(_ node: Int, _ input: Int, _ plan: Plan, _ corrected: [CorrectedBias]) -> String? {
    let repaired = plan.repaired?.inputs[node]?[input]
    let bias = corrected.first { $0.place.node == node && $0.place.input == input }
    guard let bias, let current = repaired ?? bias.place.constant, !isOwn(current, bias.place) else {
      return repaired
    }
    return Self.newBias(node, input)
  }

  /// A name that no value has.
  private static func newBias(_ node: Int, _ input: Int) -> String { "\(node) \(input)" }

  /// Whether a bias is a constant that only its own place reads, and so can change where it is. What repairs have added
  /// is.
  private func isOwn(_ current: String, _ place: BiasPlace) -> Bool {
    current != place.constant || model.graph.readings(of: current) == 1
  }
}
