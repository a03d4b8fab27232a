import Graph
import Tensor

extension Compressor {
  /// What the model costs after a recipe, without building its graph or running anything: equal to
  /// `Cost.count(apply(recipe).graph)`.
  ///
  /// Most is arithmetic on what is known beforehand. A weight that loses channels, or is quantized other than
  /// linearly after pruning by magnitude, is passed over once to count its zeros, and remembered.
  ///
  /// - Parameters:
  ///   - calibration: samples, needed where criteria or ways to round ask for them; those are then run once.
  ///   - isCancelled: asked while samples are run, from any thread; true ends the work.
  /// - Throws: `RecipeError` or `CompressionError` as `apply` does, but needs no samples to quantize activations.
  public func estimate(
    _ recipe: Recipe, calibration: CalibrationData? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CostReport {
    let start = try start(of: recipe)
    if start.compressor !== self {
      return try start.compressor.estimate(
        start.recipe, calibration: calibration, isCancelled: isCancelled)
    }
    let samples = SampleSource(data: calibration, isCancelled: isCancelled)
    let plan = try plan(recipe, calibration, isCancelled)
    try roundObserved(plan, samples)
    var sheet = sheet
    let shortened = try shortenedGraph(plan)
    let facts = shortened?.facts ?? model.typed.facts

    let changed = plan.changedConstants.union(plan.weights.keys)
    var scaleBytes: [String: Int] = [:]
    for name in changed {
      guard let base = sheet.constants[name], let width = model.graph.width(of: name) else { continue }
      let key = weightKey(name, plan)
      let count = facts[name]?.count ?? base.parameters
      guard let rule = plan.weights[name] else {
        sheet.constants[name] = ConstantTally(
          parameters: count, nonzero: try nonzeroCount(key, plan), bytes: (count * width + 7) / 8)
        continue
      }
      let weight = try quantizedTally(key, rule, plan, samples)
      sheet.constants[name] = ConstantTally(
        parameters: count, nonzero: weight.nonzero, bytes: (count * weight.bits + 7) / 8)
      sheet.addedBytes += weight.addedBytes
      scaleBytes[name] = weight.addedBytes
    }

    if let repaired = plan.repaired { count(repaired, plan, in: &sheet) }
    let corrected = try correctedBiases(plan, samples)
    count(corrected, plan, in: &sheet)
    for bias in plan.biases {
      let count = count(of: bias, plan, corrected) ?? facts[bias.place.constant]?.count ?? 0
      // A copy has a name of its own in the graph; here any will do.
      let other = replacedBias(bias.place.node, bias.place.input, plan, corrected)
      let name =
        other ?? (bias.isCopy ? "\(bias.place.constant) of \(bias.place.node)" : bias.place.constant)
      sheet.constants[name] = ConstantTally(parameters: count, nonzero: count, bytes: 4 * count)
      let isChannel = plan.weights[bias.place.weight]?.granularity == .channel
      sheet.addedBytes += 4 * (isChannel ? count : 1)
      for index in sheet.layers.indices
      where (bias.isCopy || other != nil) && sheet.layers[index].node == bias.place.node {
        sheet.layers[index].bias = name
      }
    }
    sheet.addedBytes += plan.pairs.reduce(0) { $0 + $1.bytes }
    let producers = plan.pairs.isEmpty ? [:] : model.typed.producers
    for index in sheet.layers.indices {
      if let rule = plan.weights[sheet.layers[index].weight] {
        sheet.layers[index].weightBits = rule.bits
        sheet.layers[index].scaleBytes += scaleBytes[sheet.layers[index].weight] ?? 0
      }
      if let pair = plan.pair(of: model.layers[index], in: model.typed, producers: producers) {
        sheet.layers[index].activationBits = pair.bits
      }
    }

    if let shortened {
      for index in shortened.touched {
        let node = model.graph.nodes[index]
        sheet.macs[index] =
          shortened.operators[index]?.macs(
            node.inputs.map { $0.isEmpty ? nil : facts[$0] ?? .unknown },
            node.outputs.map { facts[$0] ?? .unknown }
          ).value
      }
      sheet.peak = memory.bytes(facts)
    }
    return sheet.report
  }

  /// The numbers of a bias that repairs or corrections have put in the place of the model's own; nil where they have
  /// not.
  private func count(of bias: QuantizedBias, _ plan: Plan, _ corrected: [CorrectedBias]) -> Int? {
    let (node, input) = (bias.place.node, bias.place.input)
    let found = corrected.first { $0.place.node == node && $0.place.input == input }?.tensor
    let repaired = plan.repaired?.inputs[node]?[input].flatMap { plan.repaired?.constants[$0] }
    return (found ?? repaired)?.count
  }

  /// Counts constants that repairs added, and no more those that nothing reads.
  private func count(_ repaired: Repaired, _ plan: Plan, in sheet: inout CostSheet) {
    for (name, tensor) in repaired.constants where model.graph.constants[name] == nil {
      sheet.constants[name] = ConstantTally(
        parameters: tensor.count, nonzero: addedConstant(name, tensor, plan).nonzeroCount,
        bytes: tensor.byteCount)
    }
    for name in repaired.dropped { sheet.constants[name] = nil }
    for index in sheet.layers.indices {
      let layer = model.layers[index]
      let op = model.typed.operators[layer.node] as? any BiasAdding
      guard let input = layer.slot.bias ?? op?.biasInput, let name = repaired.inputs[layer.node]?[input]
      else { continue }
      sheet.layers[index].bias = name
    }
  }
}
