import Compression
import Dashboard
import Tensor
import Testing

struct SettingsRecipeTests {
  private let facts = [
    LayerFacts(
      name: "conv1", weight: "a", shape: Shape([20, 1, 5, 5]), outputAxis: 0, parameters: 520, macs: 1),
    LayerFacts(
      name: "conv2", weight: "b", shape: Shape([50, 20, 5, 5]), outputAxis: 0, parameters: 25_050, macs: 1),
    LayerFacts(
      name: "fc1", weight: "c", shape: Shape([500, 800]), outputAxis: 0, parameters: 400_500, macs: 1),
    LayerFacts(name: "fc2", weight: "d", shape: Shape([10, 500]), outputAxis: 0, parameters: 5010, macs: 1),
  ]

  private func recipe(_ json: String) throws -> Recipe { try Recipe(json: json) }

  /// What a recipe becomes once it has been on the screen.
  private func onScreen(_ recipe: Recipe) -> Recipe { Settings(recipe, for: facts).recipe(for: facts) }

  @Test func untouchedSettingsAreTheEmptyRecipe() {
    #expect(Settings(for: facts).recipe(for: facts) == .empty)
    #expect(onScreen(.empty) == .empty)
  }

  @Test func theExampleComesBackAsItWas() throws {
    let example = try recipe(
      """
      { "pare": 1,
        "pruning": [
          {"layers": ["conv1", "conv2"], "scope": "global", "unit": "weight", "norm": 1, "amount": 0.5},
          {"layers": ["fc1"], "scope": "layer", "unit": "channel", "axis": 0, "norm": 2, "amount": 0.5}],
        "repair": {"batch_norm": true, "mean_bias": true, "samples": 100},
        "quantization": {
          "weights":     [{"layers": ["*"], "bits": 8, "scheme": "symmetric", "granularity": "channel"}],
          "activations": [{"layers": ["*"], "bits": 8, "scheme": "affine", "calibration": "minmax", "samples": 512}],
          "equalize": true, "mode": "torch", "tensors": "inputs"},
        "distillation": {"alpha": 0.7, "temperature": 4, "epochs": 3, "learning_rate": 0.001, "seed": 0} }
      """)
    #expect(onScreen(example) == example)
  }

  @Test func whatThereIsNoSwitchForComesBackToo() throws {
    let example = try recipe(
      """
      { "pare": 1,
        "quantization": {
          "weights": [{"layers": ["*"], "bits": 4, "method": "gptq", "order": "activation", "damping": 0.1}],
          "equalize": true, "bias_correction": true, "smooth": 0.5} }
      """)
    #expect(onScreen(example) == example)
  }

  @Test func lastMatchingRuleWins() throws {
    let settings = Settings(
      try recipe(
        """
        { "pare": 1,
          "pruning": [{"layers": ["*"], "amount": 0.3}, {"layers": ["fc?"], "amount": 0.9},
                      {"layers": ["*2"], "amount": 0.1}],
          "quantization": {"weights": [{"layers": ["*"], "bits": 4}, {"layers": ["conv*"], "bits": 32}]} }
        """), for: facts)
    #expect(settings.layers.map(\.amount) == [0.3, 0.1, 0.9, 0.1])
    #expect(settings.layers.map(\.weightBits) == [32, 32, 4, 4])
    #expect(settings.layers.map(\.granularity) == [.tensor, .tensor, .tensor, .tensor])
  }

  @Test func globalRulesKeepOnlyTheLayersThatAreLeftToThem() throws {
    let recipe = try recipe(
      """
      { "pare": 1, "pruning": [{"layers": ["*"], "scope": "global", "amount": 0.8},
                               {"layers": ["fc2"], "amount": 0.2}] }
      """)
    let settings = Settings(recipe, for: facts)
    #expect(settings.companions(of: 0, .prune) == [0, 1, 2])
    #expect(
      onScreen(recipe).pruning == [
        PruningRule(layers: ["conv1", "conv2", "fc1"], scope: .global, amount: .fraction(0.8)),
        PruningRule(layers: ["fc2"], amount: .fraction(0.2)),
      ])
  }

  @Test func twoGlobalListsStayTwo() throws {
    let recipe = try recipe(
      """
      { "pare": 1, "pruning": [{"layers": ["conv*"], "scope": "global", "amount": 0.5},
                               {"layers": ["fc*"], "scope": "global", "amount": 0.5}] }
      """)
    #expect(onScreen(recipe).pruning.map(\.layers) == [["conv1", "conv2"], ["fc1", "fc2"]])
  }

  @Test func countsBecomeFractionsOfTheSameCount() throws {
    let settings = Settings(
      try recipe(
        """
        { "pare": 1, "pruning": [{"layers": ["conv1"], "unit": "channel", "norm": 2, "amount": 7},
                                 {"layers": ["fc2"], "amount": 1234}] }
        """), for: facts)
    #expect(Amount.fraction(settings.layers[0].amount).count(of: 20) == 7)
    #expect(Amount.fraction(settings.layers[3].amount).count(of: 5000) == 1234)
  }

  /// What no key sets stays as it was read.
  @Test(arguments: [
    #""layers":["conv1"],"unit":"block","block":[1,4],"amount":0.5"#,
    #""layers":["fc1","fc2"],"unit":"nm","n":2,"m":4"#,
    #""layers":["fc1"],"threshold":0.0123456"#,
    #""layers":["*"],"threshold":0.01,"scope":"global","unit":"channel""#,
    #""layers":["*"],"scope":"global_normalized","criterion":"lamp","amount":0.25"#,
    #""layers":["fc1"],"criterion":"random","seed":7,"amount":0.25,"counting":"nncf""#,
    #""layers":["conv2"],"criterion":"fpgm","unit":"channel","amount":0.25,"remove":true"#,
  ])
  func rulesOfAllKindsComeBackAsTheyWere(fields: String) throws {
    let recipe = try recipe(#"{"pare":1,"pruning":[{\#(fields)}]}"#)
    #expect(onScreen(recipe) == recipe)
  }

  @Test func movingTheSliderReplacesAThreshold() throws {
    var settings = Settings(
      try recipe(#"{"pare":1,"pruning":[{"layers":["fc1"],"threshold":0.01}]}"#), for: facts)
    #expect(settings.layers[2].text(.prune) == "≤ 0.01")
    settings.move(2, .prune, to: 500)
    #expect(
      settings.recipe(for: facts).pruning == [PruningRule(layers: ["fc1"], amount: .fraction(0.5))])
  }

  @Test func switchesAreKeptWithoutAnAmount() {
    var settings = Settings(for: facts)
    settings.change(2) { $0.unit = .channel(remove: true) }
    settings.change(1) { $0.granularity = .tensor }
    let back = Settings(settings.recipe(for: facts), for: facts)
    #expect(back.layers == settings.layers)
  }

  @Test(arguments: 0..<200)
  func everySettingSurvivesTheRecipe(seed: Int) throws {
    var random = Lot(seed)
    var settings = Settings(for: facts)
    for _ in 0..<12 {
      let layer = random.next(4)
      switch random.next(8) {
      case 0, 1: settings.move(layer, .prune, to: random.next(1001))
      case 2: settings.move(layer, .weights, to: random.next(7))
      case 3: settings.move(layer, .activations, to: random.next(7))
      case 4: settings.setGroup(random.next(2) == 0 ? 1 : nil, of: layer)
      case 5:
        let unit: PruningRule.Unit = [.weight, .channel(), .channel(remove: true)][random.next(3)]
        settings.change(layer) { $0.unit = unit }
      case 6:
        let scheme = WeightScheme.allCases[random.next(WeightScheme.allCases.count)]
        let linear = LinearOptions(
          rounding: random.next(2) == 0 ? .halfAway : .halfEven,
          integers: LinearOptions.Integers.allCases[random.next(3)], isSigned: random.next(2) == 0,
          calibration: random.next(2) == 0 ? .mse : .minmax)
        let calibration = random.next(3) == 0 ? .percentile(99.5) : Calibration.kinds[random.next(5)]
        settings.change(layer) {
          $0.weightScheme = scheme
          $0.linear = linear
          $0.calibration = calibration
        }
      default: settings.moveMaster(.prune, to: random.next(1001))
      }
    }
    let recipe = settings.recipe(for: facts)
    let back = Settings(try Recipe(json: recipe.json()), for: facts)
    #expect(back.recipe(for: facts) == recipe)
    for (one, other) in zip(back.layers, settings.layers) {
      #expect(one.amount == other.amount && one.unit == other.unit && one.norm == other.norm)
      #expect(one.effectiveWeightBits == other.effectiveWeightBits)
      #expect(one.calibration == other.calibration && one.weightScheme == other.weightScheme)
      #expect(one.activationBits == other.activationBits)
      #expect((one.group == nil) == (other.group == nil))
    }
  }
}

/// The same numbers every time (Knuth's MMIX).
struct Lot {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 2_654_435_761 &+ 1 }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
