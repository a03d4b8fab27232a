import Compression
import Terminal

/// From settings to the recipe that says the same, and back.
///
/// Each layer is named in at most one rule of a list, so that the order of rules does not matter; rules that
/// say nothing are left out, unless they hold a switch that a person has set and would miss.
extension Settings {
  /// The recipe of these settings, the same for the same settings.
  package func recipe(for facts: [LayerFacts]) -> Recipe {
    var recipe = Recipe(
      repair: repair, equalize: equalize, correctsBiases: correctsBiases, smooth: smooth, mode: mode,
      tensors: tensors, distillation: distillation, trained: trained)
    recipe.pruning = rules(for: facts, by: PruningKey.self)
    recipe.weights = rules(for: facts, by: WeightKey.self)
    recipe.activations = rules(for: facts, by: ActivationKey.self)
    return recipe
  }

  /// What a recipe does to each layer: of the rules that match it, the last one counts.
  package init(_ recipe: Recipe, for facts: [LayerFacts]) {
    var layers = Array(repeating: LayerSettings(), count: facts.count)
    let names = facts.map(\.name)
    let pruning = RuleMatches(recipe.pruning.map(\.layers), names: names)
    let weights = RuleMatches(recipe.weights.map(\.layers), names: names)
    let activations = RuleMatches(recipe.activations.map(\.layers), names: names)
    var owners: [String: [Int]] = [:]
    for (index, fact) in facts.enumerated() { owners[fact.weight, default: []].append(index) }
    for (index, fact) in facts.enumerated() {
      // Layers of one weight obey the last rule that matches any of them.
      let twins = owners[fact.weight] ?? [index]
      if let rule = twins.compactMap({ pruning.rules[$0] }).max() {
        let members = facts.indices.filter { pruning.rules[$0] == rule }
        layers[index].take(recipe.pruning[rule], group: rule + 1, fact, of: members.map { facts[$0] })
      }
      if let rule = twins.compactMap({ weights.rules[$0] }).max() {
        layers[index].take(recipe.weights[rule])
      }
      if let rule = activations.rules[index] { layers[index].take(recipe.activations[rule]) }
    }
    self.init(
      layers, for: facts, repair: recipe.repair, equalize: recipe.equalize,
      distillation: recipe.distillation)
    trained = recipe.trained
    mode = recipe.mode
    tensors = recipe.tensors
    correctsBiases = recipe.correctsBiases
    smooth = recipe.smooth
  }

  /// One rule for all layers that have the same key, in the model's order.
  private func rules<Key: RuleKey>(for facts: [LayerFacts], by: Key.Type) -> [Key.Rule] {
    let neutral = Key(LayerSettings())
    var order: [Key] = []
    var members: [Key: [String]] = [:]
    for (fact, layer) in zip(facts, layers) {
      let key = Key(layer)
      guard key != neutral else { continue }
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(Recipe.pattern(for: fact.name))
    }
    return order.map { key in
      let names = members[key] ?? []
      return key.rule(for: names.count == facts.count ? ["*"] : names)
    }
  }
}

/// What layers have in common that one rule is enough for.
private protocol RuleKey: Hashable {
  associatedtype Rule
  init(_ layer: LayerSettings)
  func rule(for layers: [String]) -> Rule
}

private struct PruningKey: RuleKey {
  /// Of the settings only what pruning has.
  private let settings: LayerSettings

  init(_ layer: LayerSettings) {
    var settings = LayerSettings()
    settings.share(pruningOf: layer)
    if !settings.unit.takesOut { settings.roundTo = nil }
    if !PruningCriteria.observing.contains(settings.criterion ?? "") {
      settings.observed = PruningRule.standardSamples
    }
    self.settings = settings
  }

  private var scope: PruningRule.Scope {
    if settings.group != nil { return settings.isNormalized ? .globalNormalized : .global }
    return settings.isByOutput ? .output : .layer
  }

  func rule(for layers: [String]) -> PruningRule {
    PruningRule(
      layers: layers,
      scope: scope, unit: settings.unit, norm: settings.norm, criterion: settings.criterion,
      seed: settings.seed, samples: settings.observed,
      amount: settings.exact ?? .fraction(settings.amount), counting: settings.counting,
      roundTo: settings.roundTo)
  }
}

private struct WeightKey: RuleKey {
  let bits: Int
  let scheme: WeightScheme
  let granularity: Granularity
  let linear: LinearOptions

  init(_ layer: LayerSettings) {
    bits = layer.effectiveWeightBits
    scheme = layer.weightScheme
    let isLinear = scheme.linear != nil
    granularity = isLinear ? layer.granularity : .tensor
    linear = isLinear ? layer.linear : .standard
  }

  func rule(for layers: [String]) -> WeightRule {
    WeightRule(layers: layers, bits: bits, scheme: scheme, granularity: granularity, linear: linear)
  }
}

private struct ActivationKey: RuleKey {
  let bits: Int
  let scheme: Scheme
  let calibration: Calibration
  let samples: Int
  let isSigned: Bool
  let integers: LinearOptions.Integers

  init(_ layer: LayerSettings) {
    bits = layer.activationBits
    scheme = layer.activationScheme
    calibration = layer.calibration
    samples = layer.samples
    isSigned = layer.activationIsSigned
    integers = layer.activationIntegers
  }

  func rule(for layers: [String]) -> ActivationRule {
    ActivationRule(
      layers: layers, bits: bits, scheme: scheme, calibration: calibration, samples: samples,
      isSigned: isSigned,
      integers: integers)
  }
}

extension LayerSettings {
  /// - Parameter members: all the layers that obey the rule.
  fileprivate mutating func take(
    _ rule: PruningRule, group: Int, _ fact: LayerFacts, of members: [LayerFacts]
  ) {
    unit = rule.unit
    norm = rule.norm
    roundTo = rule.roundTo
    criterion = rule.criterion
    seed = rule.seed
    counting = rule.counting
    observed = rule.samples
    isByOutput = rule.scope == .output
    self.group = rule.scope == .layer || isByOutput ? nil : group
    isNormalized = rule.scope == .globalNormalized
    let total =
      switch rule.scope {
      case .layer: fact.units(rule.unit)
      case .output: fact.units(rule.unit) / max(1, fact.shape[fact.outputAxis])
      case .global, .globalNormalized: members.reduce(0) { $0 + $1.units(rule.unit) }
      }
    switch rule.amount {
    case .fraction(let fraction): amount = fraction
    case .count(let count):
      // The fraction that comes to the same count.
      amount = total == 0 ? 0 : min(1, Double(count) / Double(total))
      // Not everybody rounds the fraction back to the count.
      if rule.counting.count(.fraction(amount), of: total) != count { exact = rule.amount }
    case .steps:
      amount = total == 0 ? 0 : min(1, Double(rule.amount.count(of: total)) / Double(total))
      exact = rule.amount
    case .threshold: exact = rule.amount
    }
  }

  fileprivate mutating func take(_ rule: WeightRule) {
    weightBits = rule.bits
    weightScheme = rule.scheme
    granularity = rule.granularity
    linear = rule.linear
  }

  fileprivate mutating func take(_ rule: ActivationRule) {
    activationBits = rule.bits
    activationScheme = rule.scheme
    calibration = rule.calibration
    samples = rule.samples
    activationIsSigned = rule.isSigned
    activationIntegers = rule.integers
  }
}

extension LayerFacts {
  /// How many there are of what is pruned as a whole.
  package func units(_ unit: PruningRule.Unit) -> Int {
    switch unit {
    case .weight: return weights
    case .pattern(let n, let m): return m < 1 ? 0 : weights / m * (m - n)
    case .block(let rows, let columns):
      let outputs = shape[outputAxis]
      return outputs == 0 || rows < 1 || columns < 1 ? 0 : outputs / rows * (weights / outputs / columns)
    // How many heads there are the weight alone does not say.
    case .head: return 0
    case .channel(let axis, _):
      var index = axis ?? outputAxis
      if index < 0 { index += shape.rank }
      return shape.dims.indices.contains(index) ? shape[index] : 0
    }
  }
}
