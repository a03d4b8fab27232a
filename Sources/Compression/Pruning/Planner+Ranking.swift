import Graph
import Tensor

/// In which order weights and channels go.
extension Planner {
  /// A weight without the `count` units that go first.
  ///
  /// - Throws: `CompressionError.layer` where those that stay cannot be made to make up for them.
  func masked(
    _ tensor: Tensor, _ weight: String, by ranker: Ranker, _ form: PruningForm, removing count: Int
  ) throws -> Tensor {
    guard let layer = model.layers.firstIndex(where: { $0.weight == weight }) else { return tensor }
    if count == 0 { return tensor }
    if let criterion = ranker.criterion as? any ReconstructingCriterion, let weight = ranked(layer, ranker) {
      return try criterion.pruned(weight, unit: form.unit, isByRow: form.isByRow, removing: count)
    }
    let scoreForm: ScoreForm = form.isByRow ? .placeInRow : .plain
    let unit = form.unit
    let cut = ranking(of: layer, by: ranker, unit, scoreForm).cut(removing: count)
    if unit == .single, !form.isByRow, ranker.ofWeights?.scoresAreMagnitudes == true {
      return cut.mask(magnitudesOf: tensor)
    }
    let info = model.layers[layer]
    let keys = keys(RankingKey(weight: info.weight, criterion: ranker.name, unit: unit, form: scoreForm)) {
      scores(of: layer, by: ranker, unit, scoreForm).map(ScoreKey.of)
    }
    guard case .block(let rows, let columns) = unit else { return cut.mask(tensor, keys: keys) }
    return cut.mask(tensor, blocks: BlockGrid(rows: rows, columns: columns, layer: info), keys: keys)
  }

  /// The ranking of what goes from the weight of a layer.
  func ranking(
    of layer: Int, by ranker: Ranker, _ unit: RankedUnit, _ form: ScoreForm = .plain
  ) -> WeightRanking {
    let name = model.layers[layer].weight
    let areMagnitudes = unit == .single && ranker.ofWeights?.scoresAreMagnitudes == true
    // A list of magnitudes is normalised as it is read.
    let isReadNormalized = areMagnitudes && form == .normalized
    let kept = isReadNormalized ? .plain : form
    let key = RankingKey(weight: name, criterion: ranker.name, unit: unit, form: kept)
    let ranking = rankings(key) {
      guard areMagnitudes, kept == .plain, let weight = model.graph.constants[name] else {
        return WeightRanking(scores: scores(of: layer, by: ranker, unit, kept))
      }
      return WeightRanking(magnitudesOf: weight)
    }
    return isReadNormalized ? ranking.normalized(by: norm(of: name)) : ranking
  }

  /// The same, where it has been asked for before.
  func knownRanking(of layer: Int, by ranker: Ranker, _ unit: RankedUnit) -> WeightRanking? {
    rankings[
      RankingKey(weight: model.layers[layer].weight, criterion: ranker.name, unit: unit, form: .plain)]
  }

  /// Bytes that all rankings take.
  var rankingBytes: Int { rankings.totalCost }

  private func scores(of layer: Int, by ranker: Ranker, _ unit: RankedUnit, _ form: ScoreForm) -> [Float] {
    guard let weight = ranked(layer, ranker), let criterion = ranker.ofWeights else { return [] }
    let info = model.layers[layer]
    var scores: [Float]
    if case .block(let rows, let columns) = unit {
      scores = criterion.scores(
        ofBlocks: BlockGrid(rows: rows, columns: columns, layer: info), in: weight)
    } else {
      scores = criterion.scores(of: weight)
    }
    if form == .normalized { scores = Self.normalized(scores.map { Double($0) }).map { Float($0) } }
    if case .pattern(let n, let m) = unit {
      scores = RankedUnit.candidates(scores, n: n, m: m, along: info.slot.inputAxis, of: info.shape)
    }
    return form == .placeInRow ? WeightMatrix(info).places(scores) : scores
  }

  /// The Euclidean norm of a weight.
  private func norm(of name: String) -> Double {
    norms(name) {
      guard let weight = model.graph.constants[name] else { return 0 }
      defer { weight.forget() }
      if weight.dtype == .float32 { return weight.withElements(of: Float.self, Self.norm) }
      return weight.floats.withUnsafeBufferPointer(Self.norm)
    }
  }

  private static func norm(_ values: UnsafeBufferPointer<Float>) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// One score for each slice of a layer's weight, comparable within what the rule ranks together.
  func sliceScores(of layer: Int, along axis: Int, _ rule: PruningRule, by ranker: Ranker) throws -> [Double]
  {
    guard let criterion = ranker.ofChannels else { return [] }
    let info = model.layers[layer]
    let scores = try sliceScores(SliceKey(weight: info.weight, criterion: ranker.name, axis: axis)) {
      try ranked(layer, ranker).map { try criterion.scores(ofSlicesAlong: axis, in: $0) } ?? []
    }
    if rule.scope == .globalNormalized { return Self.normalized(scores.map(criterion.root)) }
    if rule.scope == .global, rule.counting == .distiller, criterion is Magnitude {
      let length = Double(info.shape.count / max(1, info.shape[axis]))
      return scores.map { criterion.root($0) / length }
    }
    return scores
  }

  private func ranked(_ layer: Int, _ ranker: Ranker) -> RankedWeight? {
    let info = model.layers[layer]
    return model.graph.constants[info.weight].map {
      RankedWeight(
        tensor: $0, layer: info, typed: model.typed, observation: ranker.observations[layer])
    }
  }

  /// Over their Euclidean norm, as NNCF compares layers.
  static func normalized(_ scores: [Double]) -> [Double] {
    let norm = scores.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 0 ? scores.map { $0 / norm } : scores
  }
}
