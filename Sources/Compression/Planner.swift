import Graph
import Tensor

/// What a recipe comes to on a model, before a single weight is touched.
struct Plan: Sendable {
  var pruning = PruningPlan()
  /// What the pruning rule did, by layer.
  var pruned: [PrunedLayer]
  /// By the name of the weight.
  var weights: [String: WeightRule] = [:]
  var pairs: [ActivationPair] = []
  /// Names of the layers from which channels are removed.
  var removing: [String] = []
  /// The criteria of the pruning, by name.
  var criteria: [String: any PruningCriterion] = [:]

  struct PrunedLayer: Hashable, Sendable {
    var count = 0
    var channels: [Int] = []
    var removed = false
    var threshold: Float?
  }
}

/// Works out plans for one model, with the scores of its weights at hand.
struct Planner: Sendable {
  let model: Model
  let sources: ActivationSources
  private let walk: ChannelWalk
  private let rankings: Memo<RankingKey, WeightRanking>
  private let sliceScores: Memo<SliceKey, [Double]>

  private struct RankingKey: Hashable, Sendable {
    var weight: String
    var criterion: String
  }

  private struct SliceKey: Hashable, Sendable {
    var weight: String
    var criterion: String
    var axis: Int
  }

  init(_ model: Model) {
    self.model = model
    sources = ActivationSources(model)
    walk = ChannelWalk(model.typed)
    // Scores of everything that is there: each weight by one criterion or two.
    rankings = Memo(limit: 2 * model.layers.count + 4)
    sliceScores = Memo(limit: 8 * model.layers.count + 8)
  }

  /// - Throws: `RecipeError` or `CompressionError`.
  func plan(_ recipe: Recipe) throws -> Plan {
    let choice = try RuleChoice(recipe, layers: model.layers)
    var plan = Plan(pruned: model.layers.map { _ in Plan.PrunedLayer() })
    for (index, rule) in recipe.pruning.enumerated() {
      let layers = model.layers.indices.filter { choice.pruning[$0] == index }
      try prune(layers, rule, field: "pruning[\(index)]", into: &plan)
    }
    for (layer, rule) in zip(model.layers, choice.weights) {
      guard let rule = rule.map({ recipe.weights[$0] }), rule.bits != BitWidth.float else { continue }
      try requireFloat32(layer)
      try WeightQuantization.require(rule.scheme, opset: opset, layer: layer.name)
      plan.weights[layer.weight] = rule
    }
    plan.pairs = sources.pairs(choice.activations.map { $0.map { recipe.activations[$0] } })
    for pair in plan.pairs {
      if let dtype = model.typed.facts[pair.tensor]?.dtype, dtype != .float32 {
        throw CompressionError.layer(
          model.layers[pair.layer].name, reason: "its input '\(pair.tensor)' is \(dtype), not float32")
      }
      try pair.require(opset: opset, layer: model.layers[pair.layer].name)
    }
    return plan
  }

  /// Version of ONNX's own operator set.
  private var opset: Int { model.graph.opset(of: "Conv") }

  /// The ranking of a weight's elements.
  func ranking(of weight: String, by criterion: any PruningCriterion) -> WeightRanking {
    rankings(RankingKey(weight: weight, criterion: criterion.name)) {
      WeightRanking(scores: model.graph.constants[weight].map(criterion.scores) ?? [])
    }
  }

  // MARK: - Pruning

  private func prune(_ layers: [Int], _ rule: PruningRule, field: String, into plan: inout Plan) throws {
    // A weight that several layers share is ranked once, under the first of them.
    var seen: Set<String> = []
    let owners = layers.filter { seen.insert(model.layers[$0].weight).inserted }
    if owners.isEmpty || rule.amount.isNothing { return }
    for layer in owners { try requirePrunable(model.layers[layer]) }
    let criterion = PruningCriteria.criterion(for: rule)
    plan.criteria[criterion.name] = criterion
    switch rule.unit {
    case .weight: try pruneWeights(owners, rule, criterion, field: field, into: &plan)
    case .channel(let axis, let remove):
      try pruneChannels(owners, rule, criterion, axis: axis, remove: remove, field: field, into: &plan)
    }
    // The layers that share a weight show the same.
    for layer in layers {
      if let owner = owners.first(where: { model.layers[$0].weight == model.layers[layer].weight }) {
        plan.pruned[layer] = plan.pruned[owner]
      }
    }
  }

  private func pruneWeights(
    _ layers: [Int], _ rule: PruningRule, _ criterion: any PruningCriterion, field: String,
    into plan: inout Plan
  ) throws {
    let sizes = layers.map { model.layers[$0].shape.count }
    let counts: [Int]
    switch rule.scope {
    case .layer:
      counts = try zip(layers, sizes).map {
        try count(rule.amount, of: $1, "weights", in: "layer '\(model.layers[$0].name)'", field: field)
      }
    case .global:
      let total = sizes.reduce(0, +)
      let count = try count(rule.amount, of: total, "weights", in: "the rule's layers", field: field)
      counts = layers.map { ranking(of: model.layers[$0].weight, by: criterion) }.removing(count)
    }
    for (layer, count) in zip(layers, counts) where count > 0 {
      let weight = model.layers[layer].weight
      plan.pruning.weights[weight] = .weights(criterion: criterion.name, count: count)
      plan.pruned[layer].count = count
      plan.pruned[layer].threshold = ranking(of: weight, by: criterion).threshold(removing: count)
    }
  }

  private func pruneChannels(
    _ layers: [Int], _ rule: PruningRule, _ criterion: any PruningCriterion, axis: Int?, remove: Bool,
    field: String, into plan: inout Plan
  ) throws {
    let axes = try layers.map { try resolve(axis, of: model.layers[$0], remove: remove, field: field) }
    let scores = zip(layers, axes).map { layer, axis in
      let weight = model.layers[layer].weight
      return sliceScores(SliceKey(weight: weight, criterion: criterion.name, axis: axis)) {
        model.graph.constants[weight].map { criterion.scores(ofSlicesAlong: axis, in: $0) } ?? []
      }
    }
    var gone: [[Int]]
    switch rule.scope {
    case .layer:
      gone = try zip(layers, scores).map { layer, scores in
        let count = try count(
          rule.amount, of: scores.count, "channels", in: "layer '\(model.layers[layer].name)'", field: field)
        return Self.weakest(count, of: scores)
      }
    case .global:
      let total = scores.reduce(0) { $0 + $1.count }
      let count = try count(rule.amount, of: total, "channels", in: "the rule's layers", field: field)
      gone = scores.map { _ in [] }
      let owner = scores.indices.flatMap { layer in scores[layer].indices.map { (layer, $0) } }
      for index in Self.weakest(count, of: scores.flatMap { $0 }) {
        gone[owner[index].0].append(owner[index].1)
      }
    }
    for (position, layer) in layers.enumerated() where !gone[position].isEmpty {
      let info = model.layers[layer]
      let (axis, channels) = (axes[position], gone[position])
      plan.pruned[layer].channels = channels
      plan.pruned[layer].removed = remove
      plan.pruned[layer].count = channels.count * (info.shape.count / info.shape[axis])
      if !remove {
        plan.pruning.weights[info.weight] = .channels(axis: axis, positions: channels)
        continue
      }
      if channels.count == info.shape[axis] {
        throw RecipeError(
          field: "\(field).amount",
          reason: "would remove all \(channels.count) channels of layer '\(info.name)'; one has to stay")
      }
      plan.removing.append(info.name)
      let found = try walk.cuts(removing: channels, of: info, in: model.layers)
      for (value, cuts) in found {
        if let dtype = model.graph.constants[value]?.dtype, !dtype.isFloatingPoint {
          throw CompressionError.layer(
            info.name, reason: "channels cannot be removed: '\(value)' is quantized already")
        }
        for (axis, positions) in cuts.positions {
          plan.pruning.cuts[value, default: Cuts()].add(positions, along: axis)
        }
      }
    }
  }

  /// Positions of the lowest scores in ascending order; of equal ones the first.
  private static func weakest(_ count: Int, of scores: [Double]) -> [Int] {
    scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }.prefix(count).sorted()
  }

  private func count(_ amount: Amount, of total: Int, _ what: String, in place: String, field: String)
    throws(RecipeError) -> Int
  {
    let count = amount.count(of: total)
    guard count <= total else {
      throw RecipeError(
        field: "\(field).amount", reason: "\(count) is more than the \(total) \(what) of \(place)")
    }
    return count
  }

  private func resolve(_ axis: Int?, of layer: Layer, remove: Bool, field: String) throws(RecipeError) -> Int
  {
    let rank = layer.shape.rank
    guard let axis else { return layer.slot.outputAxis }
    guard axis >= -rank && axis < rank else {
      throw RecipeError(
        field: "\(field).axis",
        reason:
          "must lie between \(-rank) and \(rank - 1) for layer '\(layer.name)' (\(layer.shape)), not \(axis)"
      )
    }
    let position = axis < 0 ? axis + rank : axis
    if remove && position != layer.slot.outputAxis {
      throw RecipeError(
        field: "\(field).axis",
        reason: "only output channels can be removed, which are axis \(layer.slot.outputAxis) of layer "
          + "'\(layer.name)', not \(axis)")
    }
    return position
  }

  private func requirePrunable(_ layer: Layer) throws(CompressionError) {
    guard model.graph.constants[layer.weight]?.dtype.isFloatingPoint == true else {
      throw .layer(layer.name, reason: "cannot be pruned: its weight is quantized already")
    }
  }

  private func requireFloat32(_ layer: Layer) throws(CompressionError) {
    guard let dtype = model.graph.constants[layer.weight]?.dtype, dtype != .float32 else { return }
    throw .layer(
      layer.name,
      reason: dtype.isFloatingPoint
        ? "cannot be quantized: its weight is \(dtype), not float32"
        : "cannot be quantized: its weight is quantized already")
  }
}
