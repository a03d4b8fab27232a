import Graph
import Tensor

/// What a recipe comes to on a model, before a single weight is touched.
struct Plan: Sendable {
  var pruning = PruningPlan()
  /// What the pruning rule did, by layer.
  var pruned: [PrunedLayer]
  /// By the name of the weight.
  var weights: [String: WeightRule] = [:]
  /// Where in the recipe those rules are, the same way.
  var weightFields: [String: String] = [:]
  var pairs: [ActivationPair] = []
  var mode: QuantizationMode?
  /// Where all tensors are rounded: the nodes by which ranges are adjusted, and the biases that become int32.
  var adjusting: [Int] = []
  var biases: [QuantizedBias] = []
  /// Names of the layers from which channels are removed.
  var removing: [String] = []
  /// Where in the recipe the rules are by which they are.
  var removingFields: [String] = []
  /// What ranks single weights, by name.
  var rankers: [String: Ranker] = [:]
  /// What scales channels, where the recipe asks for it.
  var equalization: Equalization?
  /// What repairs change, where the recipe asks for them.
  var repaired: Repaired?
  var correctsBiases = false
  /// What smooths channels, where the recipe asks for it.
  var smoothing: (key: SmoothingKey, factors: Smoothing)?

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
  private let keys: Memo<RankingKey, [UInt32]>
  private let norms: Memo<String, Double>
  private let sliceScores: Memo<SliceKey, [Double]>
  private let groups = Memo<ContentHash, ChannelGroups>(limit: 1)
  private let equalizations = Memo<ContentHash, Equalization>(limit: 1)
  private let smoothed = Memo<ContentHash, [ScaledChannels]>(limit: 1)
  private let places = Memo<ContentHash, [(layer: Int, place: BiasPlace)]>(limit: 1)

  private struct RankingKey: Hashable, Sendable {
    var weight: String
    var criterion: String
    var unit: RankedUnit
    var form: ScoreForm
  }

  /// How a list of several layers or rows compares scores; the order within each is the same in all.
  enum ScoreForm: Hashable {
    case plain
    /// Over their Euclidean norm in the layer.
    case normalized
    /// As the place among those of the same output channel, which does change the order in a layer.
    case placeInRow
  }

  private struct SliceKey: Hashable, Sendable {
    var weight: String
    var criterion: String
    var axis: Int
  }

  init(_ model: Model) {
    self.model = model
    sources = ActivationSources(model)
    // A ranking of every weight takes half of what the weights do at most; keys are worked out again when more
    // is asked for.
    let weights = model.layers.reduce(0) { $0 + 4 * $1.shape.count }
    rankings = Memo(limit: max(32 << 20, weights / 4 * 3)) { $0.byteCount }
    keys = Memo(limit: max(32 << 20, weights / 4)) { 4 * $0.count }
    norms = Memo(limit: model.layers.count + 1)
    sliceScores = Memo(limit: 8 * model.layers.count + 8)
  }

  /// - Parameter observing: what criteria ask that know more than weights; nil where there are no samples.
  /// - Throws: `RecipeError` or `CompressionError`.
  func plan(_ recipe: Recipe, observing: Observing? = nil) throws -> Plan {
    try recipe.validate()
    let choice = try RuleChoice(recipe, layers: model.layers)
    var plan = Plan(pruned: model.layers.map { _ in Plan.PrunedLayer() })
    plan.mode = recipe.mode
    for (index, rule) in recipe.pruning.enumerated() where !rule.unit.isGrouped {
      let layers = model.layers.indices.filter { choice.pruning[$0] == index }
      try CompressionError.naming("pruning[\(index)]") {
        try prune(layers, rule, observing, field: "pruning[\(index)]", into: &plan)
      }
    }
    try remove(recipe, choice, observing, into: &plan)
    if recipe.equalize { plan.equalization = try requireEqualization() }
    plan.correctsBiases = recipe.correctsBiases
    for (layer, index) in zip(model.layers, choice.weights) {
      guard let index, recipe.weights[index].bits != BitWidth.float else { continue }
      let (rule, field) = (recipe.weights[index], "quantization.weights[\(index)]")
      try CompressionError.naming(field) {
        try requireFloat32(layer)
        try WeightQuantization.require(rule.scheme, opset: opset, layer: layer.name)
      }
      try requireBlocks(rule, of: layer, plan.pruning, field: field)
      plan.weights[layer.weight] = rule
      plan.weightFields[layer.weight] = field
    }
    let activations = choice.activations.map { $0.map { recipe.activations[$0] } }
    switch recipe.tensors {
    case .inputs: plan.pairs = sources.pairs(activations, plan.mode)
    case .all: planAllTensors(activations, into: &plan)
    }
    for pair in plan.pairs {
      let layer = model.layers[pair.layer].name
      try CompressionError.naming("quantization.activations[\(choice.activations[pair.layer] ?? 0)]") {
        if let dtype = model.typed.facts[pair.tensor]?.dtype, dtype != .float32 {
          throw CompressionError.layer(layer, reason: "its input '\(pair.tensor)' is \(dtype), not float32")
        }
        try pair.require(opset: opset, layer: layer)
      }
    }
    try requireBiases(plan)
    return plan
  }

  /// Version of ONNX's own operator set.
  private var opset: Int { model.graph.opset(of: "Conv") }

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

  /// The groups of channels that go together, found when they are first needed.
  var channelGroups: ChannelGroups { groups(model.contentHash) { ChannelGroups(model) } }

  /// The scales of channels, found when they are first asked for.
  private var equalization: Equalization { equalizations(model.contentHash) { Equalization(model) } }

  /// Where biases can be corrected, found when they first are.
  var biasPlaces: [(layer: Int, place: BiasPlace)] {
    places(model.contentHash) { BiasCorrection.places(of: model) }
  }

  /// The channels that can be smoothed, found when they first are.
  var smoothedChannels: [ScaledChannels] {
    smoothed(model.contentHash) { Smoothing.channels(of: model) }
  }

  // MARK: - Pruning

  private func prune(
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

  private func requireEqualization() throws(RecipeError) -> Equalization {
    let equalization = equalization
    if !equalization.scales.isEmpty { return equalization }
    throw RecipeError(
      field: "quantization.equalize",
      reason:
        "no two layers of the model follow each other so that their channels can be scaled, through nothing "
        + "but what passes scales on, such as Relu; leave it out")
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
