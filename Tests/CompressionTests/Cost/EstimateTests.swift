import Compression
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// The two roads to a cost, arithmetic and counting, on seeded recipes of all kinds.
@Suite struct EstimateTests {
  /// - Parameter blocks: whether weights are quantized in blocks too, which not every layer takes.
  private func randomRecipe(
    _ random: inout SplitMix, _ model: Model, removable: [String], blocks: Bool = false
  ) -> Recipe {
    let names = model.layers.map(\.name)
    func some() -> [String] {
      Int.random(in: 0..<3, using: &random) == 0
        ? ["*"] : [names.randomElement(using: &random) ?? "*", names.randomElement(using: &random) ?? "*"]
    }
    var recipe = Recipe()
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let amount = Amount.fraction(Double.random(in: 0...0.95, using: &random))
      let any = PruningRule.Scope.allCases.randomElement(using: &random) ?? .layer
      let scope = any == .output ? .layer : any
      let norm = Int.random(in: 1...3, using: &random)
      let counting = Counting.allCases.randomElement(using: &random) ?? .torch
      func one(of names: [String?]) -> String? { names.randomElement(using: &random) ?? nil }
      func seed(_ criterion: String?) -> Int { criterion == "random" ? 5 : 0 }
      switch Int.random(in: 0..<7, using: &random) {
      case 0, 1:
        let criterion = one(of: [nil, "lamp", "random"])
        recipe.pruning.append(
          PruningRule(
            layers: some(), scope: any, norm: criterion == nil ? norm : 1, criterion: criterion,
            seed: seed(criterion), amount: amount, counting: counting))
      case 3:
        let criterion = one(of: [nil, "lamp", "random"])
        let (rows, columns) =
          ([(1, 4), (2, 2), (3, 1)] as [(Int, Int)]).randomElement(using: &random) ?? (1, 1)
        recipe.pruning.append(
          PruningRule(
            layers: some(), scope: scope, unit: .block(rows: rows, columns: columns),
            norm: criterion == nil ? norm : 1, criterion: criterion, seed: seed(criterion), amount: amount,
            counting: counting))
      case 4:
        let criterion = one(of: [nil, "lamp", "random"])
        // The inputs of these are even.
        let layer = names.contains("pw") ? ["pw", "fc"] : ["conv2", "fc*"]
        recipe.pruning.append(
          PruningRule(
            layers: layer, scope: scope, unit: .pattern(n: 1, m: 2), norm: criterion == nil ? norm : 1,
            criterion: criterion, seed: seed(criterion), amount: amount, counting: counting))
      case 5:
        let threshold = Amount.threshold(Double.random(in: 0...1.5, using: &random))
        recipe.pruning.append(
          PruningRule(
            layers: some(), scope: scope, unit: Bool.random(using: &random) ? .weight : .channel(),
            norm: norm, amount: threshold))
      case 2:
        let axis = [nil, 0, 1, -1].randomElement(using: &random) ?? nil
        let criterion = one(of: [nil, "fpgm", "random"])
        recipe.pruning.append(
          PruningRule(
            layers: some(), scope: scope, unit: .channel(axis: axis), norm: criterion == nil ? norm : 1,
            criterion: criterion, seed: seed(criterion), amount: amount, counting: counting))
      default:
        let layer = removable.randomElement(using: &random) ?? "*"
        let share = Double.random(in: 0...0.8, using: &random)
        recipe.pruning.append(
          PruningRule(layers: [layer], unit: .channel(remove: true), norm: norm, amount: .fraction(share)))
      }
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      recipe.weights.append(randomWeights(some(), &random, blocks: blocks))
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      recipe.activations.append(
        ActivationRule(
          layers: some(), bits: [2, 4, 7, 8, 32].randomElement(using: &random) ?? 8,
          scheme: Scheme.allCases.randomElement(using: &random) ?? .affine,
          calibration: Calibration.kinds.randomElement(using: &random) ?? .minmax, samples: 2))
    }
    recipe.equalize = Int.random(in: 0..<3, using: &random) == 0
    recipe.correctsBiases = Int.random(in: 0..<4, using: &random) == 0
    recipe.smooth = Int.random(in: 0..<4, using: &random) == 0 ? 0.5 : nil
    return recipe
  }

  private func randomWeights(_ layers: [String], _ random: inout SplitMix, blocks: Bool) -> WeightRule {
    let scheme = WeightScheme.allCases.randomElement(using: &random) ?? .affine
    let bits = [2, 3, 4, 5, 6, 7, 8, 16, 32].randomElement(using: &random) ?? 8
    var rule = WeightRule(layers: layers, bits: scheme.width(nearest: bits), scheme: scheme)
    guard scheme.linear != nil else { return rule }
    rule.granularity = (blocks ? Self.blocked : [.tensor, .channel]).randomElement(using: &random) ?? .tensor
    rule.linear = LinearOptions(
      rounding: LinearOptions.Rounding.allCases.randomElement(using: &random) ?? .halfEven,
      integers: LinearOptions.Integers.allCases.randomElement(using: &random) ?? .standard,
      isSigned: Bool.random(using: &random),
      calibration: Int.random(in: 0..<4, using: &random) == 0 ? .mse : .minmax,
      method: Int.random(in: 0..<4, using: &random) == 0 ? .gptq(GPTQOptions(damping: 0.1)) : .nearest)
    return rule
  }

  private static let blocked: [Granularity] = [.tensor, .channel, .block(32), .block(32), .block(64)]

  private func compare(
    _ model: Model, removable: [String], recipes: Int, seed: UInt64, calibration: CalibrationData,
    blocks: Bool = false
  ) throws {
    var random = SplitMix(seed: seed)
    let estimator = Compressor(model)
    let applier = Compressor(model)
    var compared = 0
    for _ in 0..<recipes {
      let recipe = randomRecipe(&random, model, removable: removable, blocks: blocks)
      let estimate: CostReport
      do {
        estimate = try estimator.estimate(recipe, calibration: calibration)
      } catch let error as RecipeError where blocks && error.reason.contains("does not divide") {
        #expect(throws: error) { try applier.apply(recipe, calibration: calibration) }
        continue
      }
      compared += 1
      let result = try applier.apply(recipe, calibration: calibration)
      #expect(estimate == (try Cost.count(result.graph)), "\(recipe.json(pretty: false))")
      #expect(estimate.sizeBytes == (try Cost.sizes(result.graph).dense))
      #expect(result.layers.map(\.weightBits) == estimate.layers.map(\.weightBits))
      #expect(result.layers.map(\.activationBits) == estimate.layers.map(\.activationBits))
      #expect(try Recipe(json: recipe.json()) == recipe)
    }
    #expect(compared > recipes / 3)
  }

  /// Rules that every mode has.
  private func randomModes(_ random: inout SplitMix, _ model: Model, removable: [String]) -> Recipe {
    var recipe = randomRecipe(&random, model, removable: removable)
    recipe.mode = ([nil] + QuantizationMode.allCases).randomElement(using: &random) ?? nil
    recipe.tensors = QuantizedTensors.allCases.randomElement(using: &random) ?? .all
    if recipe.mode == .tflite {
      recipe.weights = [
        WeightRule(layers: ["*"], bits: 8, granularity: Bool.random(using: &random) ? .tensor : .channel)
      ]
      recipe.activations = [ActivationRule(layers: ["*"], bits: 8, samples: 2)]
    } else {
      recipe.weights.insert(WeightRule(layers: ["*"], bits: 8, granularity: .channel), at: 0)
      recipe.activations.insert(ActivationRule(layers: ["*"], bits: 8, samples: 2), at: 0)
      for index in recipe.activations.indices {
        recipe.activations[index].isSigned = Bool.random(using: &random)
        recipe.activations[index].integers =
          LinearOptions.Integers.allCases.randomElement(using: &random) ?? .standard
      }
    }
    return recipe
  }

  @Test func allModesCountAsEstimated() throws {
    var random = SplitMix(seed: 51)
    let models: [(Model, [String], String, Shape)] = [
      (try Fixtures.mobile(), ["stem", "pw"], "x", [2, 3, 8, 8]),
      (try Fixtures.mobile(opset: 21), ["stem", "pw"], "x", [2, 3, 8, 8]),
      (try Fixtures.lenet(), ["conv1", "fc1"], "input", [2, 1, 28, 28]),
    ]
    for (model, removable, input, shape) in models {
      let calibration = CalibrationData(inputs: [input: random.normal(shape)])
      let compressor = Compressor(model)
      for _ in 0..<60 {
        let recipe = randomModes(&random, model, removable: removable)
        let result = try compressor.apply(recipe, calibration: calibration)
        let estimate = try compressor.estimate(recipe, calibration: calibration)
        #expect(estimate == (try Cost.count(result.graph)), "\(recipe.json(pretty: false))")
        #expect(estimate.sizeBytes == (try Cost.sizes(result.graph).dense))
        #expect(result.layers.map(\.activationBits) == estimate.layers.map(\.activationBits))
        #expect(try Recipe(json: recipe.json()) == recipe)
      }
    }
  }

  /// Factors of a normalisation, stored as integers before arithmetic, are parameters and their scales none.
  @Test func sixteenBitsOfAllTensorsCountAsEstimated() throws {
    var random = SplitMix(seed: 52)
    let data = CalibrationData(inputs: ["x": random.normal([2, 3, 8, 8])])
    let compressor = Compressor(try Fixtures.mobile())
    for correctsBiases in [false, true] {
      let recipe = Recipe(
        weights: [WeightRule(layers: ["*"], bits: 16)],
        activations: [ActivationRule(layers: ["*"], bits: 8, samples: 2)], correctsBiases: correctsBiases,
        tensors: .all)
      let result = try compressor.apply(recipe, calibration: data)
      #expect(try compressor.estimate(recipe, calibration: data) == Cost.count(result.graph))
      #expect(result.graph.constants["bn1.weight"]?.dtype == .int16)
    }
  }

  @Test func theWideGraphCountsAsEstimated() throws {
    var random = SplitMix(seed: 14)
    for opset in [13, 17, 21] {
      try compare(
        try Fixtures.wide(opset: opset), removable: ["conv2", "fc1"], recipes: 80, seed: UInt64(opset) + 40,
        calibration: CalibrationData(inputs: ["x": random.normal([2, 32, 4, 4])]), blocks: true)
    }
  }

  @Test func theMobileGraphCountsAsEstimated() throws {
    var random = SplitMix(seed: 9)
    for opset in [13, 17, 21] {
      try compare(
        try Fixtures.mobile(opset: opset), removable: ["stem", "pw"], recipes: 120, seed: UInt64(opset),
        calibration: CalibrationData(inputs: ["x": random.normal([2, 3, 8, 8])]))
    }
  }

  @Test func lenetCountsAsEstimated() throws {
    var random = SplitMix(seed: 10)
    try compare(
      try Fixtures.lenet(), removable: ["conv1", "conv2", "fc1"], recipes: 60, seed: 11,
      calibration: CalibrationData(inputs: ["input": random.normal([2, 1, 28, 28])]), blocks: true)
  }

  @Test func nothingAskedChangesNothing() throws {
    let model = try Fixtures.lenet()
    let compressor = Compressor(model)
    let nothing = Recipe(
      pruning: [
        PruningRule(layers: ["*"], amount: .fraction(0)),
        PruningRule(layers: ["fc1"], unit: .channel(axis: 0, remove: true), amount: .fraction(0)),
      ],
      weights: [WeightRule(layers: ["*"], bits: 32)], activations: [ActivationRule(layers: ["*"], bits: 32)])
    for recipe in [.empty, nothing] {
      let result = try compressor.apply(recipe)
      #expect(result.graph.contentHash == model.graph.contentHash)
      #expect(try compressor.estimate(recipe) == compressor.baseline)
    }
  }

  @Test func resultsDoNotDependOnHistory() throws {
    let model = try Fixtures.mobile()
    var random = SplitMix(seed: 12)
    let calibration = CalibrationData(inputs: ["x": random.normal([2, 3, 8, 8])])
    let veteran = Compressor(model)
    for _ in 0..<30 {
      let recipe = randomRecipe(&random, model, removable: ["stem", "pw"])
      let old = try veteran.apply(recipe, calibration: calibration)
      let new = try Compressor(model).apply(recipe, calibration: calibration)
      #expect(old.graph.contentHash == new.graph.contentHash)
      #expect(old.layers == new.layers)
    }
  }

  @Test func estimatesFitIntoAFrame() throws {
    let compressor = Compressor(try Fixtures.lenet())
    func recipe(_ amount: Double) -> Recipe {
      Recipe(
        pruning: [PruningRule(layers: ["*"], scope: .global, amount: .fraction(amount))],
        weights: [WeightRule(layers: ["conv*"], bits: 8)])
    }
    _ = try compressor.estimate(recipe(0.5))
    // Of this thread alone, as other tests run beside this one.
    func milliseconds() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
    let times = try (1...40).map { step in
      let start = milliseconds()
      _ = try compressor.estimate(recipe(Double(step) / 50))
      return milliseconds() - start
    }
    #expect(times.sorted()[20] < 1)
  }

  @Test func anExportedModelCountsAsEstimated() throws {
    let compressor = Compressor(try Fixtures.mobile())
    var random = SplitMix(seed: 13)
    let recipe = Recipe(
      pruning: [PruningRule(layers: ["pw"], unit: .channel(remove: true), amount: .fraction(0.3))],
      weights: [WeightRule(layers: ["*"], bits: 5, scheme: .affine, granularity: .channel)],
      activations: [ActivationRule(layers: ["*"], bits: 4), ActivationRule(layers: ["pw"], bits: 8)])
    let result = try compressor.apply(
      recipe, calibration: CalibrationData(inputs: ["x": random.normal([4, 3, 8, 8])]))
    let path = FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString).onnx").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ONNXWriter.write(result.graph, to: path)
    let model = try Model(ONNXReader.read(path: path))
    #expect(Cost.count(model) == (try compressor.estimate(recipe)))
    #expect(model.layers.map(\.name) == ["stem", "dw", "pw", "fc"])
  }

  @Test func detailShowsTheCut() throws {
    let compressor = Compressor(try Fixtures.lenet())
    let recipe = Recipe(
      pruning: [PruningRule(layers: ["fc1"], amount: .fraction(0.5))],
      weights: [WeightRule(layers: ["fc1"], bits: 8, granularity: .channel)])
    let detail = try compressor.detail(layer: 2, recipe: recipe, bins: 50)
    #expect(detail.histogram.reduce(0, +) == 400_000)
    #expect(detail.histogram.count == 50)
    #expect(detail.zeros >= 200_000)
    #expect((detail.threshold ?? 0) > 0)
    #expect((detail.sqnr ?? 0) > 30)
    let plain = try compressor.detail(layer: 2, recipe: .empty)
    #expect(plain.threshold == nil && plain.sqnr == nil)
  }
}
