import Graph
import Tensor

/// Biases that make up for the rounding of weights.
extension Compressor {
  /// What decides corrected biases.
  struct BiasKey: Hashable, Sendable {
    var model: FloatModelKey
    /// Without their layers.
    var weights: [String: WeightRule]
    var data: ContentHash
  }

  func biasKey(_ plan: Plan, _ data: CalibrationData) -> BiasKey {
    let rules = plan.weights.mapValues { rule in
      var rule = rule
      rule.layers = []
      return rule
    }
    return BiasKey(model: plan.floatModel, weights: rules, data: data.contentHash)
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
    _ places: [BiasPlace], _ plan: Plan, _ data: CalibrationData, _ samples: SampleSource
  ) throws -> [CorrectedBias] {
    var editor = GraphEditor(try prunedGraph(plan, isCancelled: samples.isCancelled))
    let exact = editor.graph
    let count = CorrectedBias.samples
    let wanted = try observe(
      places.map(\.layer), [.inputs], data, samples: count, of: plan.floatModel, graph: { exact },
      samples.isCancelled)
    for (weight, rule) in plan.weights.sorted(by: { $0.key < $1.key }) {
      let rounded = try quantizedWeight(weightKey(weight, plan), rule, plan, samples)
      editor.setConstant(weight, rounded.dequantized)
    }
    var corrected: [CorrectedBias] = []
    var rest = places[...]
    while let next = rest.first {
      // Nothing comes between layers that read the same value.
      let group = rest.prefix { source($0) == source(next) }
      rest = rest.dropFirst(group.count)
      let observer = LayerObserver(
        values: sampleValues(editor.graph), layers: group.map { model.layers[$0.layer] }, kinds: [.inputs])
      let found = try observer.observe(data, samples: count, isCancelled: samples.isCancelled)
      let biases = zip(group, found).compactMap { place, found in
        bias(place, exact: exact, rounded: editor.graph, wanted[place.layer]?.means ?? [], found.means)
      }
      write(biases, into: &editor)
      corrected += biases
    }
    return corrected
  }

  /// The value that the layer of a place reads.
  private func source(_ place: BiasPlace) -> String? {
    let layer = model.layers[place.layer]
    return model.graph.nodes[layer.node].input(layer.slot.data)
  }

  private func bias(
    _ place: BiasPlace, exact: Graph, rounded: Graph, _ wanted: [Double], _ found: [Double]
  ) -> CorrectedBias? {
    let layer = model.layers[place.layer]
    guard let weight = exact.constants[layer.weight], let other = rounded.constants[layer.weight] else {
      return nil
    }
    return BiasCorrection(weight, slot: layer.slot, means: wanted).corrected(
      place.constant.flatMap { exact.constants[$0] }, at: place, weight: other, means: found)
  }

  /// Where biases are to be corrected.
  func correctedPlaces(_ plan: Plan) -> [BiasPlace] {
    guard plan.correctsBiases else { return [] }
    return planner.biasPlaces.filter { plan.weights[model.layers[$0.layer].weight] != nil }
  }

  /// Whether a bias is a constant that only its own place reads, and so can change where it is.
  private func isOwn(_ place: BiasPlace) -> Bool {
    guard let constant = place.constant else { return false }
    return readers(of: constant) == 1
  }

  private func readers(of constant: String) -> Int {
    let outputs = model.graph.outputs.count { $0.name == constant }
    return model.graph.nodes.reduce(outputs) { $0 + $1.inputs.count { $0 == constant } }
  }

  func write(_ biases: [CorrectedBias], into editor: inout GraphEditor) {
    for bias in biases {
      let place = bias.place
      if isOwn(place), let constant = place.constant {
        editor.setConstant(constant, bias.tensor)
        continue
      }
      let name = editor.fresh((place.constant ?? model.layers[place.layer].weight) + "_bias")
      editor.setConstant(name, bias.tensor)
      editor.setInput(place.input, of: place.node, to: name)
    }
    editor.dropUnread(Set(biases.compactMap(\.place.constant)))
  }

  /// The same by arithmetic.
  func count(_ biases: [CorrectedBias], in sheet: inout CostSheet) {
    var replaced: [String: Int] = [:]
    for bias in biases {
      let tally = ConstantTally(
        parameters: bias.tensor.count, nonzero: bias.tensor.nonzeroCount, bytes: bias.tensor.byteCount)
      let place = bias.place
      if isOwn(place), let constant = place.constant {
        sheet.constants[constant] = tally
        continue
      }
      // A name that no value has.
      let name = "\(place.node) \(place.input)"
      sheet.constants[name] = tally
      if place.node == model.layers[place.layer].node { sheet.layers[place.layer].bias = name }
      if let constant = place.constant { replaced[constant, default: 0] += 1 }
    }
    for (constant, count) in replaced where count == readers(of: constant) { sheet.constants[constant] = nil }
  }
}
