import Graph
import Tensor

extension Planner {
  /// Takes channels out by the rules that ask for it, and heads, or sets these to zero. A rule for one layer of a
  /// group is a rule for the group: its channels are ranked once, by the mean of what its layers have of them, and
  /// go everywhere.
  ///
  /// - Throws: `RecipeError` where two rules want different things of one group, or nothing would be left;
  ///   `CompressionError.layer` where a group cannot be shortened.
  func remove(_ recipe: Recipe, _ choice: RuleChoice, _ observing: Observing?, into plan: inout Plan) throws {
    let wanted = try groupsToPrune(recipe, choice)
    for (index, rule) in recipe.pruning.enumerated() {
      let mine = wanted.filter { $0.rule == index }
      if mine.isEmpty { continue }
      try CompressionError.naming("pruning[\(index)]") {
        try remove(mine, rule, field: "pruning[\(index)]", observing, into: &plan)
      }
    }
  }

  /// A group, and the rule and layer by which it was chosen.
  private struct Wanted {
    var group: Int
    var rule: Int
    var layer: Int
  }

  private func groupsToPrune(_ recipe: Recipe, _ choice: RuleChoice) throws -> [Wanted] {
    var wanted: [Wanted] = []
    for (index, number) in choice.pruning.enumerated() {
      guard let number, recipe.pruning[number].unit.isGrouped else { continue }
      let (rule, layer) = (recipe.pruning[number], model.layers[index])
      if rule.amount.isNothing { continue }
      try CompressionError.naming("pruning[\(number)]") { try requirePrunable(layer) }
      if case .channel(let axis, _) = rule.unit {
        _ = try resolve(axis, of: layer, remove: true, field: "pruning[\(number)]")
      }
      guard let group = channelGroups.ofLayer[index] else {
        throw CompressionError.layer(
          layer.name,
          reason: "\(rule.unit.parts) cannot be \(rule.unit.fate): the sizes of its weight are not known",
          rule: "pruning[\(number)]")
      }
      if rule.unit.isHead { try requireHeads(group, of: layer, field: "pruning[\(number)].unit") }
      guard let other = wanted.first(where: { $0.group == group }) else {
        wanted.append(Wanted(group: group, rule: number, layer: index))
        continue
      }
      var (mine, theirs) = (rule, recipe.pruning[other.rule])
      mine.layers = []
      theirs.layers = []
      if mine != theirs {
        throw RecipeError(
          field: "pruning[\(number)]",
          reason: "wants something else of layer '\(layer.name)' than pruning[\(other.rule)] wants of layer "
            + "'\(model.layers[other.layer].name)', but their channels go together")
      }
    }
    return wanted
  }

  private func requireHeads(_ group: Int, of layer: Layer, field: String) throws(RecipeError) {
    if channelGroups.groups[group].isAttention { return }
    let makers = channelGroups.groups.filter(\.isAttention).flatMap(\.layers).sorted().map {
      model.layers[$0].name
    }
    throw RecipeError(
      field: field,
      reason:
        "layer '\(layer.name)' has no heads: its outputs are not split into parts that an attention multiplies "
        + "one by one; "
        + (makers.isEmpty
          ? "no layer of the model has" : "those with heads are \(makers.joined(separator: ", "))"))
  }

  private func remove(
    _ wanted: [Wanted], _ rule: PruningRule, field: String, _ observing: Observing?, into plan: inout Plan
  ) throws {
    guard let criterion = PruningCriteria.criterion(for: rule) as? any ChannelCriterion else { return }
    for each in wanted {
      if let obstacle = channelGroups.groups[each.group].obstacle {
        throw CompressionError.layer(
          model.layers[each.layer].name,
          reason: "\(rule.unit.parts) cannot be \(rule.unit.fate): \(obstacle)")
      }
    }
    // A member that has not what the criterion needs does not vote; the rule's own layer must have it.
    func votes(_ layer: Int, _ each: Wanted) -> Bool {
      layer == each.layer || type(of: criterion).applies(to: model.layers[layer], in: model.typed)
    }
    let voters = wanted.flatMap { each in
      channelGroups.groups[each.group].members.compactMap { member in
        model.layers.firstIndex { $0.weight == member.weight }
      }.filter { votes($0, each) }
    }
    let ranker = try ranker(for: rule, layers: voters, observing)
    let scores = try wanted.map { each in
      try channelGroups.groups[each.group].importance { member in
        guard let layer = model.layers.firstIndex(where: { $0.weight == member.weight }),
          votes(layer, each)
        else { return [] }
        return try sliceScores(of: layer, along: member.axis, rule, by: ranker)
      }
    }
    var counts: [Int]
    if case .threshold(let threshold) = rule.amount {
      let isRooted = rule.scope == .globalNormalized
      counts = scores.map { scores in
        scores.count { (isRooted ? $0 : criterion.root($0)) <= threshold }
      }
    } else if rule.scope == .layer {
      counts = try zip(wanted, scores).map {
        try count(
          rule, of: $1.count, rule.unit.parts, in: "layer '\(model.layers[$0.layer].name)'", field: field)
      }
    } else {
      let total = scores.reduce(0) { $0 + $1.count }
      let count = try count(rule, of: total, rule.unit.parts, in: names(wanted.map(\.layer)), field: field)
      let owners = scores.indices.flatMap { index in scores[index].map { _ in index } }
      counts = scores.map { _ in 0 }
      for index in rule.weakest(count, of: scores.flatMap { $0 }) { counts[owners[index]] += 1 }
    }
    for (index, each) in wanted.enumerated() {
      let count = rule.rounded(counts[index], of: scores[index].count)
      if count == 0 { continue }
      let gone = Set(Counting.Ties.byPosition.weakest(count, of: scores[index]))
      let group = channelGroups.groups[each.group]
      try record(gone, of: group, rule.unit, field: field, into: &plan)
      if rule.unit.takesOut {
        plan.pruning.cuts.add(group.cuts(removing: gone))
        plan.removing.append(model.layers[each.layer].name)
        if plan.removingFields.last != field { plan.removingFields.append(field) }
      } else {
        // What reads a head too, so that what biases leave in it is not heard.
        let weights = Set(model.layers.map(\.weight))
        plan.pruning.silenced.add(group.cuts(removing: gone).filter { weights.contains($0.key) })
      }
    }
  }

  /// What the layers of a group lose.
  private func record(
    _ gone: Set<Int>, of group: ChannelGroup, _ unit: PruningRule.Unit, field: String, into plan: inout Plan
  ) throws(RecipeError) {
    for member in group.members {
      let positions = member.positions(of: gone)
      if positions.isEmpty { continue }
      for index in group.layers where model.layers[index].weight == member.weight {
        let layer = model.layers[index]
        if unit.takesOut && positions.count == member.channels.count {
          let count = unit.isHead ? Set(member.channels).count : positions.count
          throw RecipeError(
            field: "\(field).amount",
            reason: "would remove all \(count) \(unit.parts) of layer '\(layer.name)'; one has to stay")
        }
        // What another rule sets to zero stays on record.
        if plan.pruned[index].count > 0 { continue }
        plan.pruned[index].channels = positions
        plan.pruned[index].removed = unit.takesOut
        plan.pruned[index].count = positions.count * (layer.shape.count / layer.shape[member.axis])
      }
    }
  }
}

extension [String: Cuts] {
  fileprivate mutating func add(_ cuts: [String: Cuts]) {
    for (value, cuts) in cuts {
      for (axis, positions) in cuts.positions { self[value, default: Cuts()].add(positions, along: axis) }
    }
  }
}

extension PruningRule.Unit {
  /// Whether channels or heads are taken out, not only set to zero.
  public var takesOut: Bool {
    switch self {
    case .channel(_, let remove), .head(let remove): remove
    case .weight, .block, .pattern: false
    }
  }

  /// Whether what goes is ranked by groups of channels that go together.
  var isGrouped: Bool { isHead || takesOut }

  /// What goes, where it goes by groups.
  fileprivate var parts: String { isHead ? "heads" : "channels" }

  fileprivate var fate: String { takesOut ? "removed" : "set to zero" }
}

extension PruningRule {
  /// How many of `total` channels go where `count` were to go and what is kept is rounded down to a multiple of
  /// `roundTo`, as Torch-Pruning does; one multiple stays in any case.
  func rounded(_ count: Int, of total: Int) -> Int {
    guard let roundTo, count > 0 else { return count }
    return total - max((total - count) / roundTo * roundTo, min(roundTo, total))
  }
}
