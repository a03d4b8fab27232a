import Engine
import Graph

/// Weights that are rounded by what samples tell.
extension Compressor {
  /// Those of the plan that are not remembered, by layer.
  func unrounded(_ plan: Plan, _ samples: SampleSource) -> [(layer: Int, rule: WeightRule)] {
    var seen: Set<String> = []
    return model.layers.indices.compactMap { index in
      let weight = model.layers[index].weight
      guard seen.insert(weight).inserted, let rule = plan.weights[weight], rule.observedSamples != nil,
        !isQuantized(quantizedKey(weightKey(weight, plan), rule, plan, samples))
      else { return nil }
      return (index, rule)
    }
  }

  /// Rounds those that are not remembered: all that are observed on as many samples in one run of the model.
  func roundObserved(_ plan: Plan, _ samples: SampleSource) throws {
    let groups = Dictionary(grouping: unrounded(plan, samples)) { $0.rule.observedSamples }
    for (_, group) in groups.sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
      let observed = try products(of: group.map(\.layer), group[0].rule, plan, samples)
      for (index, rule) in group {
        if samples.isCancelled() { throw CompressionError.cancelled }
        let key = weightKey(model.layers[index].weight, plan)
        _ = try quantizedWeight(key, rule, plan, samples, observation: observed[index])
      }
    }
  }

  /// The products of what layers read in the plan's float model; none where the rule's method does not ask. Of layers
  /// that share a weight the first is asked.
  func products(of layers: [Int], _ rule: WeightRule, _ plan: Plan, _ samples: SampleSource) throws
    -> [Int: LayerObservation]
  {
    guard let count = rule.observedSamples, let first = layers.first else { return [:] }
    guard let data = samples.data else {
      throw CompressionError.calibration(
        "the weights of layer '\(model.layers[first].name)' are to be rounded by \(rule.linear.method.name), "
          + "and there is no data to observe its inputs with")
    }
    return try observe(
      layers, [.products], data, samples: count, of: plan.floatModel,
      graph: { try self.prunedGraph(plan, isCancelled: samples.isCancelled) }, samples.isCancelled)
  }
}
