import Compression
import Graph
import Tensor
import Testing

/// Rules that contradict themselves, each other or the model: each is refused in a sentence that names the rule, and
/// the layer where there is one. What is no JSON, or has another type, is in `RecipeTests`.
@Suite struct ImpossibleRuleTests {
  private func message(_ model: Model, _ recipe: Recipe) throws -> String {
    let compressor = Compressor(model)
    let applied = #expect(throws: (any Error).self) { try compressor.apply(recipe) }
    let estimated = #expect(throws: (any Error).self) { try compressor.estimate(recipe) }
    #expect("\(try #require(applied))" == "\(try #require(estimated))")
    return "\(try #require(applied))"
  }

  private func message(_ model: Model, _ rules: PruningRule...) throws -> String {
    try message(model, Recipe(pruning: rules))
  }

  private func message(_ model: Model, _ rules: WeightRule...) throws -> String {
    try message(model, Recipe(weights: rules))
  }

  // MARK: - By themselves

  @Test(arguments: [
    (#""amount":1.5"#, "amount: must lie between 0 and 1, or be a whole number above 1, not 1.5"),
    (#""amount":-0.25"#, "amount: must lie between 0 and 1, or be a whole number above 1, not -0.25"),
    (#""amount":1e300"#, "amount: must lie between 0 and 1, or be a whole number above 1, not 1e+300"),
    (#""amount":1e999"#, "amount: must be a number or a list of numbers"),
    (#""amount":"NaN""#, "amount: must be a number or a list of numbers"),
    (#""threshold":1e999"#, "threshold: must be a number"),
    (#""threshold":0.1,"amount":0.5"#, "threshold: cannot stand beside an amount"),
    (#""threshold":0.1,"counting":"tfmot""#, "counting: says how an amount is rounded; there is a threshold"),
    (#""amount":0.5,"remove":true"#, "remove: only whole channels and heads can be removed"),
    (
      #""amount":0.5,"unit":"block","block":[1,4],"remove":true"#,
      "remove: only whole channels and heads can be removed"
    ),
    (#""unit":"nm","n":2,"m":4,"remove":true"#, "remove: only whole channels and heads can be removed"),
    (#""amount":0.5,"unit":"head","axis":1"#, "axis: only channels have an axis"),
    (#""amount":0.5,"unit":"block","block":[1,4],"axis":1"#, "axis: only channels have an axis"),
    (
      #""amount":0.5,"unit":"block","block":[0,4]"#,
      "block: must be a number of rows and one of columns, not 0 and 4"
    ),
    (#""unit":"nm","n":0,"m":4"#, "n: must lie between 1 and m - 1, not be 0 of 4"),
    (#""unit":"nm","n":2,"m":1"#, "n: must lie between 1 and m - 1, not be 2 of 1"),
    (#""amount":0.5,"round_to":8"#, "round_to: has a meaning only where channels or heads are removed"),
    (#""amount":0.5,"criterion":"fpgm""#, "criterion: 'fpgm' ranks channels only"),
    (#""unit":"nm","n":2,"m":4,"criterion":"batch_norm""#, "criterion: 'batch_norm' ranks channels only"),
    (#""amount":0.5,"unit":"head","criterion":"lamp""#, "criterion: 'lamp' ranks single weights only"),
  ])
  func pruningRules(fields: String, message: String) throws {
    let error = #expect(throws: RecipeError.self) {
      try Recipe(json: #"{"pare":1,"pruning":[{"layers":["a"],\#(fields)}]}"#)
    }
    #expect("\(try #require(error))" == "pruning[0].\(message)")
  }

  @Test(arguments: [0, 1, 9, 15, 17, 31, 33, -8])
  func widths(bits: Int) throws {
    let weights =
      "quantization.weights[0].bits: must lie between 2 and 8, be 16, or be 32 for none, not \(bits)"
    let inputs = "quantization.activations[0].bits: must lie between 2 and 8, or be 32 for none, not \(bits)"
    for (list, text) in [("weights", weights), ("activations", inputs)] {
      let error = #expect(throws: RecipeError.self) {
        try Recipe(json: #"{"pare":1,"quantization":{"\#(list)":[{"layers":["a"],"bits":\#(bits)}]}}"#)
      }
      #expect("\(try #require(error))" == text)
    }
    // The same where no file was read.
    let lenet = try Fixtures.lenet()
    #expect(try message(lenet, WeightRule(layers: ["*"], bits: bits)) == weights)
    #expect(
      try message(lenet, Recipe(activations: [ActivationRule(layers: ["*"], bits: bits)])) == inputs)
  }

  @Test func widthsOfSchemes() throws {
    let lenet = try Fixtures.lenet()
    for scheme in WeightScheme.allCases {
      for bits in 0...33 where bits != 32 && !scheme.widths.contains(where: { $0.contains(bits) }) {
        let text = try message(lenet, WeightRule(layers: ["*"], bits: bits, scheme: scheme))
        #expect(text.hasPrefix("quantization.weights[0].bits: must "))
        #expect(text.hasSuffix("or be 32 for none, not \(bits)"))
      }
    }
    let activations = Recipe(activations: [ActivationRule(layers: ["*"], bits: 16)])
    #expect(
      try message(lenet, activations)
        == "quantization.activations[0].bits: must lie between 2 and 8, or be 32 for none, not 16")
    let error = #expect(throws: RecipeError.self) {
      try Recipe(
        json: #"{"pare":1,"quantization":{"activations":[{"layers":["a"],"bits":8,"scheme":"codebook"}]}}"#)
    }
    #expect(
      error.map { "\($0)" }
        == #"quantization.activations[0].scheme: must be "symmetric" or "affine", not "codebook""#)
  }

  /// Numbers that no file holds, in recipes that are made without one.
  @Test func numbersThatAreNone() throws {
    let lenet = try Fixtures.lenet()
    let amounts: [(Amount, String)] = [
      (.fraction(.nan), "nan"), (.fraction(.infinity), "inf"), (.fraction(-0.5), "-0.5"), (.fraction(2), "2"),
      (.count(-3), "-3"),
    ]
    for (amount, text) in amounts {
      let recipe = Recipe(pruning: [
        PruningRule(layers: ["*"], amount: .fraction(0.5)), PruningRule(layers: ["fc1"], amount: amount),
      ])
      #expect(
        try message(lenet, recipe)
          == "pruning[1].amount: must lie between 0 and 1, or be a whole number above 1, not \(text)")
    }
    for (threshold, text) in [(Double.nan, "nan"), (.infinity, "inf"), (-1, "-1.0")] {
      #expect(
        try message(lenet, PruningRule(layers: ["*"], amount: .threshold(threshold)))
          == "pruning[0].threshold: must be at least 0, not \(text)")
    }
    for (percentile, text) in [(Double.nan, "nan"), (0, "0.0"), (101, "101.0")] {
      let rule = ActivationRule(layers: ["*"], bits: 8, calibration: .percentile(percentile))
      #expect(
        try message(lenet, Recipe(activations: [rule]))
          == "quantization.activations[0].percentile: must be above 0 and at most 100, not \(text)")
    }
    let samples = Recipe(activations: [ActivationRule(layers: ["*"], bits: 8, samples: 0)])
    #expect(
      try message(lenet, samples) == "quantization.activations[0].samples: must be at least 1, not 0")
    #expect(
      try message(lenet, WeightRule(layers: ["fc1"], bits: 4, granularity: .block(0)))
        == "quantization.weights[0].block: must be 32 or 64 or 128, not 0")
    // What cannot be written is written so that reading it says where it is.
    let unwritable = Recipe(pruning: [PruningRule(layers: ["*"], amount: .fraction(.nan))])
    #expect(throws: RecipeError(field: "pruning[0].amount", reason: "must be a number or a list of numbers"))
    {
      try Recipe(json: unwritable.json())
    }
  }

  // MARK: - With a model

  @Test func pruningThatDoesNotFitALayer() throws {
    let (mobile, lenet) = (try Fixtures.mobile(), try Fixtures.lenet())
    func rule(
      _ layer: String, _ unit: PruningRule.Unit, _ amount: Amount = .fraction(0.5), criterion: String? = nil
    ) -> PruningRule { PruningRule(layers: [layer], unit: unit, criterion: criterion, amount: amount) }
    let nothing = rule("*", .weight, .fraction(0.1))
    for (model, rule, text) in [
      (
        mobile, rule("stem", .pattern(n: 2, m: 4)),
        ".m: 4 does not divide the 3 inputs of layer 'stem' (8·3·3·3)"
      ),
      (
        mobile, rule("dw", .pattern(n: 1, m: 2)), ".m: 2 does not divide the 1 inputs of layer 'dw' (8·1·3·3)"
      ),
      (
        lenet, rule("fc2", .block(rows: 16, columns: 4)),
        ".block: layer 'fc2' (10·500) has no whole block of 16x4"
      ),
      (
        lenet, rule("conv1", .block(rows: 1, columns: 26)),
        ".block: layer 'conv1' (20·1·5·5) has no whole block of 1x26"
      ),
      (
        lenet, rule("conv1", .weight, .count(501)),
        ".amount: 501 is more than the 500 weights of layer 'conv1'"
      ),
      (
        lenet, rule("conv1", .channel(), .count(21)),
        ".amount: 21 is more than the 20 channels of layer 'conv1'"
      ),
      (
        lenet, rule("conv1", .channel(axis: 4)),
        ".axis: must lie between -4 and 3 for layer 'conv1' (20·1·5·5), not 4"
      ),
      (
        lenet, rule("conv2", .channel(axis: 1, remove: true)),
        ".axis: only output channels can be removed, which are axis 0 of layer 'conv2', not 1"
      ),
      (
        lenet, rule("conv1", .channel(remove: true), .count(20)),
        ".amount: would remove all 20 channels of layer 'conv1'; one has to stay"
      ),
      (
        lenet, rule("fc2", .channel(remove: true)),
        ": layer 'fc2': channels cannot be removed: its channels reach the model's output 'logits'"
      ),
      (
        lenet, rule("conv1", .channel(), criterion: "batch_norm"),
        ": layer 'conv1': criterion batch_norm needs a batch normalisation behind it, and there is none"
      ),
      (
        mobile, rule("stem", .channel(axis: 1), criterion: "batch_norm"),
        ": layer 'stem': criterion batch_norm ranks output channels only, which are axis 0"
      ),
      (
        mobile, rule("dw", .channel(remove: true), criterion: "batch_norm"),
        ": layer 'dw': criterion batch_norm needs a batch normalisation behind it, and there is none"
      ),
      (
        lenet, rule("fc1", .head()),
        ".unit: layer 'fc1' has no heads: its outputs are not split into parts that an attention multiplies one by "
          + "one; no layer of the model has"
      ),
      (
        lenet, rule("konv*", .weight),
        ".layers[0]: no layer matches 'konv*'; there are conv1, conv2, fc1, fc2"
      ),
    ] as [(Model, PruningRule, String)] {
      #expect(try message(model, nothing, rule) == "pruning[1]" + text)
    }
  }

  @Test func countsOfSeveralLayers() throws {
    let lenet = try Fixtures.lenet()
    func rule(_ layers: [String], _ unit: PruningRule.Unit, _ count: Int) -> PruningRule {
      PruningRule(layers: layers, scope: .global, unit: unit, amount: .count(count))
    }
    #expect(
      try message(lenet, rule(["conv*"], .weight, 25_501))
        == "pruning[0].amount: 25501 is more than the 25500 weights of layers 'conv1', 'conv2'")
    #expect(
      try message(lenet, rule(["fc2"], .channel(), 11))
        == "pruning[0].amount: 11 is more than the 10 channels of layer 'fc2'")
    #expect(
      try message(lenet, rule(["conv*", "fc1"], .channel(remove: true), 571))
        == "pruning[0].amount: 571 is more than the 570 channels of layers 'conv1', 'conv2', 'fc1'")
    let many = try Fixtures.layers((1...6).map { ("l\($0)", .zeros([2, 2])) })
    #expect(
      try message(many, rule(["*"], .weight, 25))
        == "pruning[0].amount: 25 is more than the 24 weights of layers 'l1', 'l2', 'l3' and 3 more")
  }

  @Test func rulesThatContradictEachOther() throws {
    let residual = try Fixtures.residual()
    func remove(_ layer: String, _ amount: Double) -> PruningRule {
      PruningRule(layers: [layer], unit: .channel(remove: true), amount: .fraction(amount))
    }
    #expect(
      try message(residual, remove("a", 0.5), remove("b", 0.25))
        == "pruning[1]: wants something else of layer 'b' than pruning[0] wants of layer 'a', but their channels "
        + "go together")
    let heads = try Fixtures.transformer(isCausal: false)
    #expect(
      try message(
        heads, remove("q", 0.34), PruningRule(layers: ["v"], unit: .head(), amount: .fraction(0.34)))
        == "pruning[1]: wants something else of layer 'v' than pruning[0] wants of layer 'q', but their channels "
        + "go together")
  }

  @Test func quantizationThatDoesNotFitALayer() throws {
    let lenet = try Fixtures.lenet()
    let all = WeightRule(layers: ["*"], bits: 8)
    #expect(
      try message(lenet, all, WeightRule(layers: ["conv2"], bits: 4, granularity: .block(32)))
        == "quantization.weights[1].block: 32 does not divide the 20 inputs of layer 'conv2' (50·20·5·5)")
    #expect(
      try message(lenet, all, WeightRule(layers: ["fc3"], bits: 4))
        == "quantization.weights[1].layers[0]: no layer matches 'fc3'; there are conv1, conv2, fc1, fc2")
    #expect(
      try message(lenet, Recipe(activations: [ActivationRule(layers: ["conv1", "x"], bits: 8)]))
        == "quantization.activations[0].layers[1]: no layer matches 'x'; there are conv1, conv2, fc1, fc2")
    #expect(
      try message(Fixtures.residual(), Recipe(equalize: true))
        == "quantization.equalize: no two layers of the model follow each other so that their channels can be scaled, "
        + "through nothing but what passes scales on, such as Relu; leave it out")
    let removed = Recipe(
      pruning: [PruningRule(layers: ["conv2"], unit: .channel(remove: true), amount: .count(11))],
      weights: [WeightRule(layers: ["fc1"], bits: 4, granularity: .block(32))])
    #expect(
      try message(lenet, removed)
        == "quantization.weights[0].block: 32 does not divide the 624 inputs left of layer 'fc1' (500·800)")
    let broken = Tensor([1, .nan, 2, 3] as [Float], shape: [2, 2])
    let large = Tensor([1, 1e6, 2, 3] as [Float], shape: [2, 2])
    let two = try Fixtures.layers([("broken", broken), ("large", large)])
    for scheme in WeightScheme.allCases {
      let rule = WeightRule(layers: ["broken"], bits: scheme.width(nearest: 8), scheme: scheme)
      #expect(
        try message(two, WeightRule(layers: ["*"], bits: 32), rule)
          == "quantization.weights[1]: layer 'broken': has a weight that is not finite")
    }
    #expect(
      try message(two, WeightRule(layers: ["large"], bits: 16, scheme: .float16))
        == "quantization.weights[0]: layer 'large': has a weight that is too large for float16")
  }

  @Test func whatAnOldModelHasNot() throws {
    var random = SplitMix(seed: 8)
    let weight = random.normal([4, 4])
    func model(_ opset: Int) throws -> Model { try Fixtures.layers([("w", weight)], opset: opset) }
    func inputs(_ bits: Int) -> Recipe { Recipe(activations: [ActivationRule(layers: ["w"], bits: bits)]) }
    let again = "; export it again with a newer one"
    #expect(
      try message(model(6), WeightRule(layers: ["w"], bits: 8))
        == "quantization.weights[0]: layer 'w': weights can be quantized from operator set 7 on, and the model has 6"
        + again)
    #expect(
      try message(model(12), WeightRule(layers: ["w"], bits: 16, scheme: .bfloat16))
        == "quantization.weights[0]: layer 'w': weights can be quantized to bfloat16 from operator set 13 on, and the "
        + "model has 12" + again)
    #expect(
      try message(model(9), inputs(8))
        == "quantization.activations[0]: layer 'w': activations of 8 bits need operator set 10, and the model has 9"
        + again)
    #expect(
      try message(model(10), inputs(7))
        == "quantization.activations[0]: layer 'w': activations of 7 bits need operator set 11, and the model has 10"
        + again)
  }

  @Test func whatIsQuantizedAlready() throws {
    let quantized = try Model(
      try Compressor(try Fixtures.mobile()).apply(Recipe(weights: [WeightRule(layers: ["*"], bits: 8)])).graph
    )
    #expect(
      try message(quantized, WeightRule(layers: ["pw"], bits: 4))
        == "quantization.weights[0]: layer 'pw': cannot be quantized: its weight is quantized already")
    for unit in [PruningRule.Unit.weight, .channel(), .channel(remove: true)] {
      #expect(
        try message(quantized, PruningRule(layers: ["pw"], unit: unit, amount: .fraction(0.5)))
          == "pruning[0]: layer 'pw': cannot be pruned: its weight is quantized already")
    }
    let half = try Fixtures.layers([("w", Tensor.zeros([2, 2]).converted(to: .float16))])
    #expect(
      try message(half, WeightRule(layers: ["w"], bits: 8))
        == "quantization.weights[0]: layer 'w': cannot be quantized: its weight is float16, not float32")
    #expect(
      try message(half, Recipe(activations: [ActivationRule(layers: ["w"], bits: 8)]))
        == "quantization.activations[0]: layer 'w': its input 'w.x' is float16, not float32")
  }
}
