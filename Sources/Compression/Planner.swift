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
  let rankings: Memo<RankingKey, WeightRanking>
  let keys: Memo<RankingKey, [UInt32]>
  let norms: Memo<String, Double>
  let sliceScores: Memo<SliceKey, [Double]>
  private let groups = Memo<ContentHash, ChannelGroups>(limit: 1)
  private let equalizations = Memo<ContentHash, Equalization>(limit: 1)
  private let smoothed = Memo<ContentHash, [ScaledChannels]>(limit: 1)
  private let places = Memo<ContentHash, [(layer: Int, place: BiasPlace)]>(limit: 1)

  struct RankingKey: Hashable, Sendable {
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

  struct SliceKey: Hashable, Sendable {
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
