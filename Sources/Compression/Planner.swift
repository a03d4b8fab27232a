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
  var mode: QuantizationMode?
  /// Where all tensors are rounded: the nodes by which ranges are adjusted, and the biases that become int32.
  var adjusting: [Int] = []
  var biases: [QuantizedBias] = []
  /// Names of the layers from which channels are removed.
  var removing: [String] = []
  /// The criteria of the pruning, by name.
  var criteria: [String: any WeightCriterion] = [:]
  /// What scales channels, where the recipe asks for it.
  var equalization: Equalization?

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
  private let rankings: Memo<RankingKey, WeightRanking>
  private let sliceScores: Memo<SliceKey, [Double]>
  private let groups = Memo<ContentHash, ChannelGroups>(limit: 1)
  private let equalizations = Memo<ContentHash, Equalization>(limit: 1)

  private struct RankingKey: Hashable, Sendable {
    var weight: String
    var criterion: String
    var unit: RankedUnit
    var isNormalized: Bool
  }

  private struct SliceKey: Hashable, Sendable {
    var weight: String
    var criterion: String
    var axis: Int
  }

  init(_ model: Model) {
    self.model = model
    sources = ActivationSources(model)
    // Scores of everything that is there: each weight by one criterion or two.
    rankings = Memo(limit: 2 * model.layers.count + 4)
    sliceScores = Memo(limit: 8 * model.layers.count + 8)
  }

  /// - Throws: `RecipeError` or `CompressionError`.
  func plan(_ recipe: Recipe) throws -> Plan {
    try recipe.validateMode(in: "quantization")
    let choice = try RuleChoice(recipe, layers: model.layers)
    var plan = Plan(pruned: model.layers.map { _ in Plan.PrunedLayer() })
    plan.mode = recipe.mode
    for (index, rule) in recipe.pruning.enumerated() where !rule.unit.takesOut {
      let layers = model.layers.indices.filter { choice.pruning[$0] == index }
      try prune(layers, rule, field: "pruning[\(index)]", into: &plan)
    }
    try remove(recipe, choice, into: &plan)
    if recipe.equalize { plan.equalization = equalization }
    for (layer, index) in zip(model.layers, choice.weights) {
      guard let index, recipe.weights[index].bits != BitWidth.float else { continue }
      let rule = recipe.weights[index]
      try requireFloat32(layer)
      try WeightQuantization.require(rule.scheme, opset: opset, layer: layer.name)
      try requireBlocks(rule, of: layer, plan.pruning, field: "quantization.weights[\(index)]")
      plan.weights[layer.weight] = rule
    }
    let activations = choice.activations.map { $0.map { recipe.activations[$0] } }
    switch recipe.tensors {
    case .inputs: plan.pairs = sources.pairs(activations, plan.mode)
    case .all: planAllTensors(activations, into: &plan)
    }
    for pair in plan.pairs {
      if let dtype = model.typed.facts[pair.tensor]?.dtype, dtype != .float32 {
        throw CompressionError.layer(
          model.layers[pair.layer].name, reason: "its input '\(pair.tensor)' is \(dtype), not float32")
      }
      try pair.require(opset: opset, layer: model.layers[pair.layer].name)
    }
    try requireBiases(plan)
    return plan
  }

  /// Version of ONNX's own operator set.
  private var opset: Int { model.graph.opset(of: "Conv") }

  /// A weight with zeros for the `count` units that go first.
  func masked(
    _ tensor: Tensor, _ weight: String, by criterion: any WeightCriterion, _ unit: RankedUnit,
    removing count: Int
  ) -> Tensor {
    guard let layer = model.layers.firstIndex(where: { $0.weight == weight }) else { return tensor }
    let ranking = ranking(of: layer, by: criterion, unit)
    guard case .block(let rows, let columns) = unit else { return ranking.mask(tensor, removing: count) }
    let grid = BlockGrid(rows: rows, columns: columns, layer: model.layers[layer])
    return ranking.mask(tensor, blocks: grid, removing: count)
  }

  /// The ranking of what goes from the weight of a layer.
  ///
  /// - Parameter isNormalized: by scores over their Euclidean norm in this layer, for a list of several layers. It
  ///   is the same order.
  private func ranking(
    of layer: Int, by criterion: any WeightCriterion, _ unit: RankedUnit, isNormalized: Bool = false
  ) -> WeightRanking {
    let info = model.layers[layer]
    let key = RankingKey(
      weight: info.weight, criterion: criterion.name, unit: unit, isNormalized: isNormalized)
    return rankings(key) {
      guard let weight = ranked(layer) else { return WeightRanking(scores: []) }
      var scores: [Float]
      if case .block(let rows, let columns) = unit {
        scores = criterion.scores(
          ofBlocks: BlockGrid(rows: rows, columns: columns, layer: info), in: weight)
      } else {
        scores = criterion.scores(of: weight)
      }
      if isNormalized { scores = Self.normalized(scores.map { Double($0) }).map { Float($0) } }
      if case .pattern(let n, let m) = unit {
        scores = RankedUnit.candidates(scores, n: n, m: m, along: info.slot.inputAxis, of: info.shape)
      }
      return WeightRanking(scores: scores)
    }
  }

  /// One score for each slice of a layer's weight, comparable within what the rule ranks together.
  func sliceScores(of layer: Int, along axis: Int, _ rule: PruningRule, by criterion: any ChannelCriterion)
    throws -> [Double]
  {
    let info = model.layers[layer]
    let scores = try sliceScores(SliceKey(weight: info.weight, criterion: criterion.name, axis: axis)) {
      try ranked(layer).map { try criterion.scores(ofSlicesAlong: axis, in: $0) } ?? []
    }
    if rule.scope == .globalNormalized { return Self.normalized(scores.map(criterion.root)) }
    if rule.scope == .global, rule.counting == .distiller, criterion is Magnitude {
      let length = Double(info.shape.count / max(1, info.shape[axis]))
      return scores.map { criterion.root($0) / length }
    }
    return scores
  }

  private func ranked(_ layer: Int) -> RankedWeight? {
    let info = model.layers[layer]
    return model.graph.constants[info.weight].map {
      RankedWeight(tensor: $0, layer: info, typed: model.typed)
    }
  }

  /// Over their Euclidean norm, as NNCF compares layers.
  static func normalized(_ scores: [Double]) -> [Double] {
    let norm = scores.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return norm > 0 ? scores.map { $0 / norm } : scores
  }

  /// The groups of channels that go together, found when they are first needed.
  var channelGroups: ChannelGroups { groups(model.contentHash) { ChannelGroups(model) } }

  /// The scales of channels, found when they are first asked for.
  private var equalization: Equalization { equalizations(model.contentHash) { Equalization(model) } }

  // MARK: - Pruning

  private func prune(_ layers: [Int], _ rule: PruningRule, field: String, into plan: inout Plan) throws {
    // A weight that several layers share is ranked once, under the first of them.
    var seen: Set<String> = []
    let owners = layers.filter { seen.insert(model.layers[$0].weight).inserted }
    if owners.isEmpty || rule.amount.isNothing { return }
    for layer in owners { try requirePrunable(model.layers[layer]) }
    try rule.validate { "\(field).\($0)" }
    switch (rule.unit, PruningCriteria.criterion(for: rule)) {
    case (.channel(let axis, _), let criterion as any ChannelCriterion):
      try pruneChannels(owners, rule, criterion, axis: axis, field: field, into: &plan)
    case (_, let criterion as any WeightCriterion):
      let unit = rule.unit.ranked
      for layer in owners { try require(unit, of: model.layers[layer], field: field) }
      plan.criteria[criterion.name] = criterion
      try pruneWeights(owners, rule, criterion, unit, field: field, into: &plan)
    default: throw RecipeError(field: "\(field).criterion", reason: "does not rank what the rule prunes")
    }
    // The layers that share a weight show the same.
    for layer in layers {
      if let owner = owners.first(where: { model.layers[$0].weight == model.layers[layer].weight }) {
        plan.pruned[layer] = plan.pruned[owner]
      }
    }
  }

  private func pruneWeights(
    _ layers: [Int], _ rule: PruningRule, _ criterion: any WeightCriterion, _ unit: RankedUnit,
    field: String, into plan: inout Plan
  ) throws {
    let sizes = layers.map { units(unit, of: model.layers[$0]) }
    let rankings = layers.map {
      ranking(of: $0, by: criterion, unit, isNormalized: rule.scope == .globalNormalized)
    }
    let counts: [Int]
    if case .threshold(let threshold) = rule.amount {
      let key = WeightRanking.key(Float(threshold))
      counts = rankings.map { $0.rank(through: key) }
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
      let count = try count(rule, of: total, unit.plural, in: "the rule's layers", field: field)
      counts =
        count == total ? sizes : rankings.removing(count, ties: rule.counting.ties(isGlobal: true))
    }
    for (layer, count) in zip(layers, counts) where count > 0 {
      let weight = model.layers[layer].weight
      plan.pruning.weights[weight] = .weights(criterion: criterion.name, unit: unit, count: count)
      plan.pruned[layer].count = count * unit.size
      // Only of magnitudes can it be said in one number what went.
      if unit == .single, criterion.zerosGoFirst {
        plan.pruned[layer].threshold = ranking(of: layer, by: criterion, unit).threshold(removing: count)
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
    _ layers: [Int], _ rule: PruningRule, _ criterion: any ChannelCriterion, axis: Int?,
    field: String, into plan: inout Plan
  ) throws {
    let axes = try layers.map { try resolve(axis, of: model.layers[$0], remove: false, field: field) }
    let scores = try zip(layers, axes).map { try sliceScores(of: $0, along: $1, rule, by: criterion) }
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
      let count = try count(rule, of: total, "channels", in: "the rule's layers", field: field)
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

  func count(_ rule: PruningRule, of total: Int, _ what: String, in place: String, field: String)
    throws(RecipeError) -> Int
  {
    let count = rule.counting.count(rule.amount, of: total)
    guard count <= total else {
      throw RecipeError(
        field: "\(field).amount", reason: "\(count) is more than the \(total) \(what) of \(place)")
    }
    return count
  }

  func resolve(_ axis: Int?, of layer: Layer, remove: Bool, field: String) throws(RecipeError) -> Int {
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

  func requirePrunable(_ layer: Layer) throws(CompressionError) {
    guard model.graph.constants[layer.weight]?.dtype.isFloatingPoint == true else {
      throw .layer(layer.name, reason: "cannot be pruned: its weight is quantized already")
    }
  }

  /// Whole blocks in what channels' removal leaves of a layer's inputs, where a rule wants blocks.
  private func requireBlocks(_ rule: WeightRule, of layer: Layer, _ pruning: PruningPlan, field: String)
    throws(RecipeError)
  {
    guard case .block(let size) = rule.granularity, rule.scheme.linear != nil else { return }
    let axis = layer.slot.inputAxis
    let removed = pruning.cuts[layer.weight]?.count(along: axis) ?? 0
    let inputs = layer.shape[axis] - removed
    if size > 0 && inputs % size == 0 { return }
    throw RecipeError(
      field: "\(field).block",
      reason: "\(size) does not divide the \(inputs) inputs \(removed > 0 ? "left " : "")of layer "
        + "'\(layer.name)' (\(layer.shape))")
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
