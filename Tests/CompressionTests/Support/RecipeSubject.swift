import Compression
import Formats
import Graph
import Tensor

/// A model that recipes are tried on, with samples.
struct RecipeSubject {
  let model: Model
  let compressor: Compressor
  private let calibration: CalibrationData
  /// Whether there are layers that `equalize` can scale.
  let canEqualize: Bool

  init(_ model: Model, input: [Int]) throws {
    var random = SplitMix(seed: 17)
    self.model = model
    compressor = Compressor(model, threads: 1)
    calibration = CalibrationData(inputs: [model.graph.inputs[0].name: random.normal(Shape([3] + input))])
    canEqualize = (try? compressor.estimate(Recipe(equalize: true))) != nil
  }

  /// One of every kind of connection: the sample's own, sums, depthwise convolutions behind normalisations,
  /// concatenations, attention,
  /// recurrent layers, transposed convolutions.
  static func small() throws -> [RecipeSubject] {
    [
      try RecipeSubject(Fixtures.narrowLenet(), input: [1, 28, 28]),
      try RecipeSubject(Fixtures.mobile(), input: [3, 8, 8]),
      try RecipeSubject(Fixtures.residual(), input: [3, 5, 5]),
      try RecipeSubject(Fixtures.concatenated(), input: [3, 4, 4]),
      try RecipeSubject(Fixtures.transformer(isCausal: false), input: [5, 12]),
      try RecipeSubject(Fixtures.recurrent(), input: [4, 6]),
      try RecipeSubject(Fixtures.transposed(), input: [3, 4, 4]),
    ]
  }

  // The only two ways to the product: what a recipe needs beside itself is handed in here.

  func estimate(_ recipe: Recipe) throws -> CostReport {
    try compressor.estimate(recipe, calibration: calibration)
  }

  func apply(_ recipe: Recipe) throws -> CompressedModel {
    try compressor.apply(recipe, calibration: calibration)
  }

  /// The layers of which at least one unit can be pruned by a criterion.
  func layers(for unit: PruningRule.Unit, _ criterion: String?) -> [String] {
    model.layers.map(\.name).filter { name in
      let rule = PruningRule(layers: [name], unit: unit, criterion: criterion, amount: .count(1))
      return (try? estimate(Recipe(pruning: [rule]))) != nil
    }
  }

  /// Those whose inputs are whole blocks of 32.
  var blockLayers: [String] {
    model.layers.filter { $0.shape[$0.slot.inputAxis] % 32 == 0 }.map(\.name)
  }

  /// Some of the layers, at least one.
  func someLayers(_ random: inout SplitMix) -> [String] {
    let names = model.layers.map(\.name).shuffled(using: &random)
    return Array(names.prefix(Int.random(in: 1...names.count, using: &random)))
  }

  /// Two rules that differ in their amount alone, for layers that take them.
  func rules(
    _ unit: PruningRule.Unit, _ criterion: String?, _ scope: PruningRule.Scope, _ random: inout SplitMix
  ) throws -> (less: PruningRule, more: PruningRule) {
    let able = layers(for: unit, criterion).shuffled(using: &random)
    var rule = PruningRule(
      layers: Array(able.prefix(Int.random(in: 1...able.count, using: &random))), scope: scope, unit: unit,
      norm: criterion == nil ? Int.random(in: 1...3, using: &random) : 1, criterion: criterion,
      seed: criterion == "random" ? 5 : 0, samples: PruningRule.standardSamples, amount: .fraction(0),
      counting: Counting.allCases.randomElement(using: &random) ?? .torch,
      roundTo: unit.takesOut ? [nil, 2, 4].randomElement(using: &random) ?? nil : nil)
    var amounts = randomAmounts(unit, &random)
    switch amounts.more {
    case .threshold where !unit.scopes.contains(scope) || scope == .output:
      amounts = (.fraction(0.2), .fraction(0.6))
    case .threshold, .steps: rule.counting = .torch
    case .fraction, .count: break
    }
    while true {
      rule.amount = amounts.more
      do {
        _ = try estimate(Recipe(pruning: [rule]))
      } catch let error as RecipeError
        where error.reason.hasPrefix("would remove all") || error.reason.contains("is more than the")
      {
        // A group or a list of layers may lose all that a small one has, and a small one have less than is counted.
        amounts = (amounts.less.halved, amounts.more.halved)
        continue
      }
      var less = rule
      less.amount = amounts.less
      return (less, rule)
    }
  }

  private func randomAmounts(_ unit: PruningRule.Unit, _ random: inout SplitMix) -> (
    less: Amount, more: Amount
  ) {
    let share = Double.random(in: 0...1, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return (.count(2), .count(unit.takesOut ? 2 : 3))
    case 1:
      let threshold = Double.random(in: 0.01...3, using: &random)
      return (.threshold(share * threshold), .threshold(threshold))
    case 2 where !unit.takesOut:
      let steps = (0..<2).map { _ in Double.random(in: 0...0.8, using: &random) }
      return (.steps(steps.map { .fraction(share * $0) }), .steps(steps.map { .fraction($0) }))
    default:
      let more = Double.random(in: 0.05...(unit.takesOut ? 0.7 : 1), using: &random)
      return (.fraction(share * more), .fraction(more))
    }
  }
}

extension Amount {
  fileprivate var halved: Amount {
    switch self {
    case .fraction(let fraction): .fraction(fraction / 2)
    case .count(let count): .fraction(count > 1 ? 0.1 : 0)
    case .threshold(let threshold): .threshold(threshold / 2)
    case .steps(let steps): .steps(steps.map(\.halved))
    }
  }
}
