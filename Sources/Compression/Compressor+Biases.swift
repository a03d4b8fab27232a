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
    _ places: [CorrectedPlace], _ plan: Plan, _ data: CalibrationData, _ samples: SampleSource
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
  private func source(_ place: CorrectedPlace) -> String? {
    let layer = model.layers[place.layer]
    return model.graph.nodes[layer.node].input(layer.slot.data)
  }

  private func bias(
    _ place: CorrectedPlace, exact: Graph, rounded: Graph, _ wanted: [Double], _ found: [Double]
  ) -> CorrectedBias? {
    let layer = model.layers[place.layer]
    guard let weight = exact.constants[layer.weight], let other = rounded.constants[layer.weight] else {
      return nil
    }
    // Repairs may have put another constant there than the model has.
    let constant = exact.nodes[place.node].input(place.input).flatMap { exact.constants[$0] }
    return BiasCorrection(weight, slot: layer.slot, means: wanted).corrected(
      constant, at: place, weight: other, means: found)
  }

  /// Where biases are to be corrected.
  func correctedPlaces(_ plan: Plan) -> [CorrectedPlace] {
    guard plan.correctsBiases else { return [] }
    return planner.biasPlaces.filter { plan.weights[model.layers[$0.layer].weight] != nil }
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
      let name = editor.fresh((current ?? model.layers[place.layer].weight) + "_bias")
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
      if place.node == model.layers[place.layer].node { sheet.layers[place.layer].bias = name }
      if let current { replaced[current, default: 0] += 1 }
    }
    for (constant, count) in replaced where count == readers(of: constant) { sheet.constants[constant] = nil }
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
  private func isOwn(_ current: String, _ place: CorrectedPlace) -> Bool {
    current != place.constant || readers(of: current) == 1
  }

  private func readers(of constant: String) -> Int {
    let outputs = model.graph.outputs.count { $0.name == constant }
    return model.graph.nodes.reduce(outputs) { $0 + $1.inputs.count { $0 == constant } }
  }
}
