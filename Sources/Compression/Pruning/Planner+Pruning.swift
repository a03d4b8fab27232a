import Graph
import Tensor

/// What of weights and channels is set to zero; what is taken out is beside this, in `Removal`.
extension Planner {
  func prune(
    _ layers: [Int], _ rule: PruningRule, _ observing: Observing?, field: String, into plan: inout Plan
  ) throws {
    // A weight that several layers share is ranked once, under the first of them.
    var seen: Set<String> = []
    let owners = layers.filter { seen.insert(model.layers[$0].weight).inserted }
    if owners.isEmpty || rule.amount.isNothing { return }
    for layer in owners { try requirePrunable(model.layers[layer]) }
    let unit = rule.unit.ranked
    for layer in owners { try require(unit, of: model.layers[layer], field: field) }
    let ranker = try ranker(for: rule, layers: owners, observing)
    if case .channel(let axis, _) = rule.unit {
      try pruneChannels(owners, rule, ranker, axis: axis, field: field, into: &plan)
    } else {
      // Another rule may have asked the same of other layers.
      plan.rankers[ranker.name, default: ranker].observations.merge(ranker.observations) { $1 }
      try pruneWeights(owners, rule, ranker, unit, field: field, into: &plan)
    }
    // The layers that share a weight show the same.
    for layer in layers {
      if let owner = owners.first(where: { model.layers[$0].weight == model.layers[layer].weight }) {
        plan.pruned[layer] = plan.pruned[owner]
      }
    }
  }

  private func pruneWeights(
    _ layers: [Int], _ rule: PruningRule, _ ranker: Ranker, _ unit: RankedUnit, field: String,
    into plan: inout Plan
  ) throws {
    let sizes = layers.map { units(unit, of: model.layers[$0]) }
    let scoreForm: ScoreForm =
      switch rule.scope {
      case .layer, .global: .plain
      case .globalNormalized: .normalized
      case .output: .placeInRow
      }
    let rankings = layers.map { ranking(of: $0, by: ranker, unit, scoreForm) }
    let counts: [Int]
    if case .threshold(let threshold) = rule.amount {
      let key = ScoreKey.of(Float(threshold))
      counts = rankings.map { $0.rank(through: key) }
    } else if rule.scope == .output {
      counts = try zip(layers, sizes).map { layer, size in
        let info = model.layers[layer]
        let rows = WeightMatrix(info).rows
        let place = "each output channel of layer '\(info.name)'"
        return try rows * count(rule, of: size / max(rows, 1), unit.plural, in: place, field: field)
      }
    } else if rule.scope == .layer {
      let ties = rule.counting.ties(isGlobal: false)
      counts = try layers.indices.map { index in
        let count = try count(
          rule, of: sizes[index], unit.plural, in: "layer '\(model.layers[layers[index]].name)'", field: field
        )
        // What a pattern keeps ranks behind all that may go.
        return count == sizes[index] ? count : rankings[index].removing(count, ties: ties)
      }
    } else {
      let total = sizes.reduce(0, +)
      let count = try count(rule, of: total, unit.plural, in: names(layers), field: field)
      counts =
        count == total ? sizes : rankings.removing(count, ties: rule.counting.ties(isGlobal: true))
    }
    for (layer, count) in zip(layers, counts) where count > 0 {
      let weight = model.layers[layer].weight
      let form = PruningForm(unit: unit, isByRow: rule.scope == .output)
      plan.pruning.weights[weight] = .weights(criterion: ranker.name, form, count: count)
      plan.pruned[layer].count = count * unit.size
      // Only of magnitudes can it be said in one number what went.
      if unit == .single, !form.isByRow, ranker.ofWeights?.zerosGoFirst == true {
        plan.pruned[layer].threshold = ranking(of: layer, by: ranker, unit).threshold(removing: count)
      }
    }
  }

  /// How many there are that may go.
  private func units(_ unit: RankedUnit, of layer: Layer) -> Int {
    switch unit {
    case .single: layer.shape.count
    case .block(let rows, let columns): BlockGrid(rows: rows, columns: columns, layer: layer).count
    case .pattern(let n, let m): layer.shape.count / m * (m - n)
    }
  }

  private func require(_ unit: RankedUnit, of layer: Layer, field: String) throws(RecipeError) {
    switch unit {
    case .single: return
    case .block(let rows, let columns):
      if units(unit, of: layer) > 0 { return }
      throw RecipeError(
        field: "\(field).block",
        reason: "layer '\(layer.name)' (\(layer.shape)) has no whole block of \(rows)x\(columns)")
    case .pattern(_, let m):
      let inputs = layer.shape[layer.slot.inputAxis]
      if inputs % m == 0 { return }
      throw RecipeError(
        field: "\(field).m",
        reason: "\(m) does not divide the \(inputs) inputs of layer '\(layer.name)' (\(layer.shape))")
    }
  }

  private func pruneChannels(
    _ layers: [Int], _ rule: PruningRule, _ ranker: Ranker, axis: Int?, field: String, into plan: inout Plan
  ) throws {
    guard let criterion = ranker.ofChannels else { return }
    let axes = try layers.map { try resolve(axis, of: model.layers[$0], remove: false, field: field) }
    let scores = try zip(layers, axes).map { try sliceScores(of: $0, along: $1, rule, by: ranker) }
    var gone: [[Int]]
    if case .threshold(let threshold) = rule.amount {
      let isRooted = rule.scope == .globalNormalized
      gone = scores.map { scores in
        scores.indices.filter { (isRooted ? scores[$0] : criterion.root(scores[$0])) <= threshold }
      }
    } else if rule.scope == .layer {
      gone = try zip(layers, scores).map { layer, scores in
        let count = try count(
          rule, of: scores.count, "channels", in: "layer '\(model.layers[layer].name)'", field: field)
        return rule.weakest(count, of: scores)
      }
    } else {
      let total = scores.reduce(0) { $0 + $1.count }
      let count = try count(rule, of: total, "channels", in: names(layers), field: field)
      gone = scores.map { _ in [] }
      let owner = scores.indices.flatMap { layer in scores[layer].indices.map { (layer, $0) } }
      for index in rule.weakest(count, of: scores.flatMap { $0 }) {
        gone[owner[index].0].append(owner[index].1)
      }
    }
    for (position, layer) in layers.enumerated() where !gone[position].isEmpty {
      let info = model.layers[layer]
      let (axis, channels) = (axes[position], gone[position])
      plan.pruned[layer].channels = channels
      plan.pruned[layer].count = channels.count * (info.shape.count / info.shape[axis])
      plan.pruning.weights[info.weight] = .channels(axis: axis, positions: channels)
    }
  }

  /// Layers as a message names them: "layer 'a'", "layers 'a', 'b', 'c' and 4 more".
  func names(_ layers: [Int]) -> String {
    let quoted = layers.map { "'\(model.layers[$0].name)'" }
    if quoted.count == 1 { return "layer \(quoted[0])" }
    let rest = quoted.count > 4 ? " and \(quoted.count - 3) more" : ""
    return "layers \(quoted.prefix(quoted.count > 4 ? 3 : 4).joined(separator: ", "))\(rest)"
  }
}
