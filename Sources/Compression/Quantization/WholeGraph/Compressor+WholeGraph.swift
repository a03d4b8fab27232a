import Graph
import Tensor

extension Compressor {
  /// The ranges of a plan's pairs where some follow from nodes, and not from what was measured alone.
  func adjusted(_ ranges: ActivationRanges, _ plan: Plan) -> ActivationRanges {
    if plan.adjusting.isEmpty { return ranges }
    let consumers = model.typed.consumers
    let outputs = Set(model.graph.outputs.map(\.name))
    var all = ranges.ranges
    for index in plan.adjusting {
      plan.mode.rules.tensors.adjust(&all, by: model.graph.nodes[index]) { name in
        consumers[name]?.count == 1 && !outputs.contains(name)
      }
    }
    return ActivationRanges(all.filter { ranges.ranges[$0.key] != nil })
  }

  /// What each pair rounds by, by tensor, and by constant where a pair has the scale of one.
  ///
  /// - Parameter fresh: makes a name that the graph does not have yet.
  func parameters(of plan: Plan, _ ranges: ActivationRanges, fresh: (String) -> String) throws
    -> [String: ActivationPair.Parameters]
  {
    var found: [String: ActivationPair.Parameters] = [:]
    for pair in plan.pairs {
      if pair.sharesConstants {
        found[pair.tensor] = pair.provider.flatMap { found[$0] }
        continue
      }
      let values: LinearParameters
      if let constant = pair.provider {
        values = try parameters(ofConstant: constant, plan)
      } else {
        guard let range = ranges[pair.tensor] else {
          throw CompressionError.calibration("tensor '\(pair.tensor)' was not measured")
        }
        values = pair.form.parameters(range)
      }
      let parameters = ActivationPair.Parameters(
        values: values, scale: fresh(pair.tensor + "_scale"), zeroPoint: fresh(pair.tensor + "_zero_point"))
      found[pair.tensor] = parameters
      if let constant = pair.provider { found[constant] = parameters }
    }
    return found
  }

  private func parameters(ofConstant name: String, _ plan: Plan) throws -> LinearParameters {
    guard let rule = plan.weights[name], let form = rule.form(plan.mode) else {
      throw CompressionError.calibration("constant '\(name)' is not quantized")
    }
    let extent = try tensor(weightKey(name, plan), plan).withElements(of: Float.self) { FloatExtent($0) }
    return form.parameters(.init(low: extent.low, high: extent.high))
  }

  /// A weight in its stored form, its scales large enough for its bias.
  func weight(
    _ name: String, _ rule: WeightRule, _ plan: Plan, _ parameters: [String: ActivationPair.Parameters],
    _ samples: SampleSource, constant: (QuantizedBias) -> Tensor?
  ) throws -> any StoredWeight {
    let key = weightKey(name, plan)
    let plain = try quantizedWeight(key, rule, plan, samples)
    guard let bias = plan.biases.first(where: { $0.place.weight == name }),
      let rules = plan.mode.rules.biases,
      let input = parameters[bias.provider]?.values.scale, rule.scheme.linear != nil,
      let values = constant(bias)?.floats
    else { return plain }
    let largest = values.reduce(0) { max($0, $1.magnitude) }
    let index = model.layers.firstIndex { $0.weight == name }
    let isChannel = rule.granularity == .channel
    func fitting(_ channel: Int, _ found: LinearParameters) -> LinearParameters {
      rules.fitting(found, bias: isChannel ? values[channel] : largest, isChannel: isChannel, input: input)
    }
    guard let quantized = plain as? QuantizedWeight,
      quantized.parameters.enumerated().contains(where: { fitting($0, $1) != $1 })
    else { return plain }
    let observation = try index.flatMap { try products(of: [$0], rule, plan, samples)[$0] }
    return try QuantizedWeight(
      try tensor(key, plan), rule: rule, slot: index.map { model.layers[$0].slot }, mode: plan.mode,
      products: observation?.products ?? [], adjust: fitting)
  }
}
