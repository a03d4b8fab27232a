import Graph
import Tensor

extension Compressor {
  /// What the model costs after a recipe, without building its graph or running anything: equal to
  /// `Cost.count(apply(recipe).graph)`.
  ///
  /// Most is arithmetic on what is known beforehand. A weight that is quantized or loses channels is passed over
  /// once to count its zeros, and remembered.
  ///
  /// - Parameters:
  ///   - calibration: samples, needed where criteria or ways to round ask for them; those are then run once.
  ///   - isCancelled: asked while samples are run, from any thread; true ends the work.
  /// - Throws: `RecipeError` or `CompressionError` as `apply` does, but needs no samples to quantize activations.
  public func estimate(
    _ recipe: Recipe, calibration: CalibrationData? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CostReport {
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
      let weight = try quantizedWeight(key, rule, plan, samples)
      sheet.constants[name] = ConstantTally(
        parameters: count, nonzero: weight.nonzero, bytes: (count * weight.bits + 7) / 8)
      sheet.addedBytes += weight.addedBytes
      scaleBytes[name] = weight.addedBytes
    }

    count(try correctedBiases(plan, samples), in: &sheet)
    sheet.addedBytes += ActivationPair.bytes * plan.pairs.count
    for index in sheet.layers.indices {
      if let rule = plan.weights[sheet.layers[index].weight] {
        sheet.layers[index].weightBits = rule.bits
        sheet.layers[index].scaleBytes += scaleBytes[sheet.layers[index].weight] ?? 0
      }
      if let pair = plan.pair(of: planner.sources.sources[index]) {
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
}
