import Graph
import Tensor

extension Compressor {
  /// What a quantized weight comes to, as far as a cost report asks.
  struct QuantizedTally {
    var bits: Int
    var nonzero: Int
    var addedBytes: Int
  }

  /// By arithmetic where the rule is linear and magnitudes alone decide what is pruned; or else from the quantized weight.
  ///
  /// - Throws: as `quantizedWeight`.
  func quantizedTally(
    _ key: WeightKey, _ rule: WeightRule, _ plan: Plan, _ samples: SampleSource
  ) throws -> QuantizedTally {
    // Weights that nothing is pruned from are not worth sorting, but where they are sorted, that is faster.
    if let count = countOfMagnitudes(key, plan), let ranking = magnitudes(of: key.name, ifKnown: count == 0),
      let away = roundedAway(key.name, rule, plan.mode), let nonzero = away.nonzero(ranking, removing: count)
    {
      return QuantizedTally(
        bits: rule.bits, nonzero: nonzero, addedBytes: QuantizedWeight.addedBytes(away.scales, rule))
    }
    let weight = try quantizedWeight(key, rule, plan, samples)
    return QuantizedTally(bits: weight.bits, nonzero: weight.nonzero, addedBytes: weight.addedBytes)
  }

  /// How many of the lowest magnitudes are pruned, where nothing else is done to a weight before it is rounded.
  private func countOfMagnitudes(_ key: WeightKey, _ plan: Plan) -> Int? {
    guard key.isOnlyPruned else { return nil }
    switch key.pruning {
    case .none: return 0
    case .weights(let name, PruningForm(unit: .single), let count)
    where plan.rankers[name]?.ofWeights?.scoresAreMagnitudes == true:
      return count
    case .weights, .channels: return nil
    }
  }

  /// The ranges of a weight by which its rule finds scales, where pruning leaves them what they are.
  func keptRanges(_ key: WeightKey, _ rule: WeightRule, _ plan: Plan) -> WeightRanges? {
    guard rule.scheme.linear != nil, let ranges = ranges(of: key.name, rule.granularity) else { return nil }
    guard let count = countOfMagnitudes(key, plan) else { return nil }
    if count == 0 { return ranges }
    guard let ranking = magnitudes(of: key.name), ranking.cut(removing: count).key < ranges.safeKey else {
      return nil
    }
    return ranges
  }

  private func magnitudes(of weight: String, ifKnown: Bool = false) -> WeightRanking? {
    guard let layer = model.layers.firstIndex(where: { $0.weight == weight }) else { return nil }
    let ranker = Ranker(Magnitude(norm: 1))
    return ifKnown
      ? planner.knownRanking(of: layer, by: ranker, .single)
      : planner.ranking(of: layer, by: ranker, .single)
  }

  /// The ranges of a weight as it is; nil where it is not finite.
  private func ranges(of weight: String, _ granularity: Granularity) -> WeightRanges? {
    weightRanges(RangesKey(weight: weight, granularity: granularity)) {
      guard let tensor = model.graph.constants[weight],
        let layer = model.layers.first(where: { $0.weight == weight })
      else { return nil }
      let order = tensor.shape.order(by: QuantizationGranularity(granularity, slot: layer.slot))
      return try? WeightRanges(of: tensor.ordered(order), shape: order.shape)
    }
  }

  private func roundedAway(_ name: String, _ rule: WeightRule, _ mode: QuantizationMode?) -> RoundedAway? {
    guard rule.scheme.linear != nil, let ranges = ranges(of: name, rule.granularity) else { return nil }
    let untouched = WeightKey(name: name)
    return roundedAway(QuantizedKey(untouched, rule, mode)) {
      guard let tensor = model.graph.constants[name],
        let layer = model.layers.first(where: { $0.weight == name })
      else { return nil }
      return RoundedAway(tensor, rule: rule, slot: layer.slot, mode: mode, ranges: ranges)
    }
  }
}

/// For measuring.
extension Compressor {
  /// Bytes that are kept so that every amount is a look-up: sorted magnitudes, and those of them that are rounded to zero.
  package var rankingBytes: Int { planner.rankingBytes + roundedAway.totalCost }

  /// Quantizes the weight of a layer as it is, and does not remember it.
  ///
  /// - Returns: how many of its integers do not stand for zero.
  /// - Throws: as `quantizedWeight`.
  package func quantizeAfresh(layer index: Int, rule: WeightRule) throws -> Int {
    let layer = model.layers[index]
    guard let weight = model.graph.constants[layer.weight] else { return 0 }
    let ranges = rule.scheme.linear == nil ? nil : ranges(of: layer.weight, rule.granularity)
    return try rule.store(
      weight, slot: layer.slot, opset: model.graph.opset(of: DequantizeLinear.type), mode: nil,
      ranges: ranges
    ).nonzero
  }
}
