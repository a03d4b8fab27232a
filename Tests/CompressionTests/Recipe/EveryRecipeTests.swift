import Compression
import Graph
import Tensor
import Testing

/// Every combination of unit, criterion, scope, scheme, width and calibration that there is, each in a recipe whose
/// other fields a seeded generator chooses. All lists are the product's own, so that what is new is tried too.
@Suite struct EveryRecipeTests {
  /// One of each kind.
  private static let units: [PruningRule.Unit] = [
    .weight, .channel(), .channel(axis: 1), .channel(remove: true), .head(), .head(remove: true),
    .block(rows: 2, columns: 3), .pattern(n: 1, m: 2),
  ]

  /// Does not compile where a kind of unit is missing here, and then perhaps above.
  private static func criteria(for unit: PruningRule.Unit) -> [String?] {
    switch unit {
    case .weight, .channel, .head, .block, .pattern: [nil] + PruningCriteria.names(for: unit)
    }
  }

  /// Criteria that need what a layer has not got behind that unit.
  private static func impossible(for unit: PruningRule.Unit) -> [String] {
    switch unit {
    case .head: ["batch_norm", "apoz"]
    case .weight, .channel, .block, .pattern: []
    }
  }

  /// Every scheme at each of its widths, with each way to find a range that it has.
  private static let forms: [Form] = WeightScheme.allCases.flatMap { scheme in
    scheme.widths.joined().flatMap { bits in
      (scheme.linear == nil ? [.minmax] : LinearOptions.Calibration.allCases).map {
        Form(scheme: scheme, bits: bits, calibration: $0)
      }
    }
  }

  private struct Form {
    var scheme: WeightScheme
    var bits: Int
    var calibration: LinearOptions.Calibration
  }

  /// Pruning with what goes with it in all recipes: what activations are rounded to is drawn once for all the forms of
  /// weights, as the ranges are what takes long.
  private struct Base {
    var pruning: PruningRule
    var activations: ActivationRule
    var equalize: Bool
    var repair: Repair
  }

  @Test func thereAreEnough() {
    let prunings = Self.units.reduce(0) {
      $0 + (Self.criteria(for: $1).count - Self.impossible(for: $1).count) * $1.scopes.count
    }
    let quantizations = Self.forms.count * Calibration.kinds.count
    let recipes = prunings * quantizations
    print("Recipes on small models: \(prunings) prunings times \(quantizations) quantizations, \(recipes)")
    #expect(recipes >= 2000)
  }

  @Test(arguments: units.indices) func everyCombinationHolds(unit index: Int) throws {
    let unit = Self.units[index]
    var random = SplitMix(seed: UInt64(index) + 500)
    let subjects = try RecipeSubject.small()
    var unranked: [String] = []
    for criterion in Self.criteria(for: unit) {
      let fitting = subjects.filter { !$0.layers(for: unit, criterion).isEmpty }
      if fitting.isEmpty { unranked.append(criterion ?? "norm") }
      for scope in unit.scopes {
        guard let subject = fitting.randomElement(using: &random) else { continue }
        let rules = try subject.rules(unit, criterion, scope, &random)
        try checkPruning(rules, on: subject)
        let bases = [rules.less, rules.more].map { base($0, on: subject, &random) }
        for form in Self.forms {
          let base = bases.randomElement(using: &random) ?? bases[0]
          var recipe = try recipe(base, form, on: subject, &random)
          for calibration in Calibration.kinds {
            recipe.activations[0].calibration = calibration
            try check(recipe, on: subject)
          }
        }
      }
    }
    #expect(unranked == Self.impossible(for: unit), "no model has layers for these criteria")
  }

  /// A part of the combinations on the real sample.
  @Test func theSampleHolds() throws {
    var random = SplitMix(seed: 600)
    let subject = try RecipeSubject(Fixtures.lenet(), input: [1, 28, 28])
    for unit in Self.units {
      for criterion in Self.criteria(for: unit) where !subject.layers(for: unit, criterion).isEmpty {
        let scope = unit.scopes.randomElement(using: &random) ?? .layer
        let rules = try subject.rules(unit, criterion, scope, &random)
        try checkPruning(rules, on: subject)
        let base = base(rules.more, on: subject, &random)
        for form in Self.forms.shuffled(using: &random).prefix(3) {
          var recipe = try recipe(base, form, on: subject, &random)
          recipe.activations[0].calibration = Calibration.kinds.randomElement(using: &random) ?? .minmax
          try check(recipe, on: subject)
        }
      }
    }
  }

  private func base(_ rule: PruningRule, on subject: RecipeSubject, _ random: inout SplitMix) -> Base {
    let activations = ActivationRule(
      layers: subject.someLayers(&random), bits: Int.random(in: BitWidth.quantized, using: &random),
      scheme: Scheme.allCases.randomElement(using: &random) ?? .affine,
      samples: Int.random(in: 1...3, using: &random))
    return Base(
      pruning: rule, activations: activations,
      equalize: subject.canEqualize && Int.random(in: 0..<3, using: &random) == 0,
      repair: Int.random(in: 0..<4, using: &random) == 0 ? repair(&random) : .none)
  }

  private func repair(_ random: inout SplitMix) -> Repair {
    let repair = Repair(
      batchNorm: .random(using: &random), meanBias: .random(using: &random),
      leastSquares: .random(using: &random), samples: 3)
    return repair.isNothing ? .none : repair
  }

  private func recipe(_ base: Base, _ form: Form, on subject: RecipeSubject, _ random: inout SplitMix) throws
    -> Recipe
  {
    var weights = WeightRule(layers: ["*"], bits: form.bits, scheme: form.scheme)
    if form.scheme.linear != nil {
      weights.granularity = Granularity.kinds.randomElement(using: &random) ?? .tensor
      weights.linear = LinearOptions(
        rounding: LinearOptions.Rounding.allCases.randomElement(using: &random) ?? .halfEven,
        integers: LinearOptions.Integers.allCases.randomElement(using: &random) ?? .standard,
        isSigned: Bool.random(using: &random), calibration: form.calibration)
    }
    var recipe = Recipe(
      pruning: [base.pruning], weights: [weights], activations: [base.activations], repair: base.repair,
      equalize: base.equalize)
    if case .block = weights.granularity {
      // Where a layer's inputs, or what is left of them, are no whole blocks, channels have the scales.
      recipe.weights[0].layers = subject.blockLayers
      if recipe.weights[0].layers.isEmpty || (try? subject.estimate(recipe)) == nil {
        recipe.weights[0].layers = ["*"]
        recipe.weights[0].granularity = .channel
      }
    }
    return recipe
  }

  /// What two prunings must be to each other that differ in their amount alone: where a weight is zero or gone after the
  /// lower amount, it is after the higher; and so there are never fewer zeros. This is of the weights before they are
  /// quantized. After, there are never fewer zeros than before, which `check` looks at.
  private func checkPruning(_ rules: (less: PruningRule, more: PruningRule), on subject: RecipeSubject) throws
  {
    let costs = try [rules.less, rules.more].map { rule in
      let recipe = Recipe(pruning: [rule])
      let cost = try subject.estimate(recipe)
      #expect(try cost == Cost.count(subject.apply(recipe).graph), "\(recipe.json(pretty: false))")
      return cost
    }
    let what: Comment = "\(rules.less.amount) and \(Recipe(pruning: [rules.more]).json(pretty: false))"
    #expect(costs[1].nonzeroParameters <= costs[0].nonzeroParameters, what)
    #expect(costs[0].nonzeroParameters <= subject.compressor.baseline.nonzeroParameters, what)
    #expect(costs[1].macs <= costs[0].macs && costs[1].effectiveMacs <= costs[0].effectiveMacs, what)
    let (less, more) = (
      try subject.apply(Recipe(pruning: [rules.less])), try subject.apply(Recipe(pruning: [rules.more]))
    )
    for (one, other) in zip(less.layers, more.layers) {
      #expect(Set(one.prunedChannels).isSubset(of: other.prunedChannels) && one.pruned <= other.pruned, what)
    }
    // SparseGPT chooses anew from what weights have become, and so not always the same ones first.
    if rules.more.unit.takesOut || rules.more.criterion == "sparsegpt" { return }
    for layer in subject.model.layers {
      let zeros = [less, more].map { $0.graph.constants[layer.weight]?.floats.map { $0 == 0 } ?? [] }
      #expect(!zip(zeros[0], zeros[1]).contains { $0 && !$1 }, what)
    }
  }

  private func check(_ recipe: Recipe, on subject: RecipeSubject) throws {
    let what: Comment = "\(subject.model.name): \(recipe.json(pretty: false))"
    let estimate = try subject.estimate(recipe)
    let result = try subject.apply(recipe)
    #expect(try estimate == Cost.count(result.graph), what)
    #expect(try Recipe(json: recipe.json()) == recipe, what)
    // Zeros stay zeros when they are rounded, but for min-max, where zero need not be one of the steps.
    if recipe.weights[0].scheme != .minMax {
      var pruning = recipe
      (pruning.weights, pruning.activations) = ([], [])
      #expect(try estimate.nonzeroParameters <= subject.estimate(pruning).nonzeroParameters, what)
    }
    // The same with nothing asked.
    var nothing = recipe
    nothing.pruning[0].amount = .fraction(0)
    nothing.weights[0].bits = BitWidth.float
    nothing.activations[0].bits = BitWidth.float
    (nothing.equalize, nothing.repair) = (false, .none)
    #expect(try subject.apply(nothing).graph.contentHash == subject.model.graph.contentHash, what)
    #expect(try subject.estimate(nothing) == subject.compressor.baseline, what)
  }
}
