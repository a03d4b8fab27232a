import Compression
import Graph
import Tensor
import Testing

/// Criteria that look at samples, against the papers' algorithms in torch.
@Suite struct ObservedTests {
  struct Input: Decodable {
    var type: String
    var group: Int
    var pad: Int?
    var stride: Int?
    var x: Vectors.Array
    var w: Vectors.Array
  }

  struct Expected: Decodable {
    var zeros: [Double]
    var wanda: Vectors.Array
    var sparsegpt: Vectors.Array?
    var pattern: Vectors.Array?
  }

  private func cases() throws -> [(input: Input, expected: Expected)] {
    try Vectors.read("observed", Input.self, Expected.self).map { ($0.input, $0.expected) }
  }

  /// A layer, the Relu behind it, and the samples.
  private func model(_ input: Input) throws -> (model: Model, samples: CalibrationData) {
    var builder = GraphBuilder()
    builder.constants = ["a.weight": input.w.tensor]
    var attributes: [String: Attribute] = [:]
    if input.type == "Conv" {
      let (pad, stride) = (input.pad ?? 0, input.stride ?? 1)
      attributes = [
        "group": .int(input.group), "pads": .ints([pad, pad, pad, pad]), "strides": .ints([stride, stride]),
      ]
    }
    builder.add(OperatorType(stringLiteral: input.type), ["x", "a.weight"], "a", attributes)
    builder.add("Relu", ["a"], "y")
    return (
      try builder.model("observed", input: Array(input.x.shape.dropFirst())),
      CalibrationData(inputs: ["x": input.x.tensor])
    )
  }

  private func weight(_ input: Input, _ rule: PruningRule) throws -> [Float] {
    let (model, samples) = try model(input)
    let compressor = Compressor(model)
    let recipe = Recipe(pruning: [rule])
    let result = try compressor.apply(recipe, calibration: samples)
    #expect(try compressor.estimate(recipe, calibration: samples) == Cost.count(result.graph))
    #expect(try Recipe(json: recipe.json()) == recipe)
    return result.graph.constants["a.weight"]?.floats ?? []
  }

  private func expectClose(_ found: [Float], _ expected: Vectors.Array) {
    let expected = expected.tensor.floats
    #expect(zip(found, expected).allSatisfy { ($0 == 0) == ($1 == 0) })
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-4 * max(1, abs($1)) })
  }

  @Test func wandaComparesWithinOutputs() throws {
    for (input, expected) in try cases() {
      let columns = input.w.values.count / (input.type == "MatMul" ? input.w.shape[1] : input.w.shape[0])
      let rule = PruningRule(
        layers: ["a"], scope: .output, criterion: "wanda", amount: .count(columns / 2))
      #expect(try weight(input, rule) == expected.wanda.tensor.floats)
    }
  }

  @Test func sparseGPTMakesUpForWhatGoes() throws {
    for (input, expected) in try cases() {
      guard let weights = expected.sparsegpt else { continue }
      let rule = PruningRule(layers: ["a"], criterion: "sparsegpt", amount: .fraction(0.5))
      expectClose(try weight(input, rule), weights)
    }
  }

  @Test func sparseGPTKeepsPatterns() throws {
    for (input, expected) in try cases() {
      guard let weights = expected.pattern else { continue }
      let rule = PruningRule(
        layers: ["a"], unit: .pattern(n: 2, m: 4), criterion: "sparsegpt", amount: .fraction(1))
      expectClose(try weight(input, rule), weights)
    }
  }

  @Test func apozTakesWhatIsZeroMostOften() throws {
    for (input, expected) in try cases() {
      let (model, samples) = try model(input)
      let outputs = expected.zeros.count
      let order = expected.zeros.indices.sorted { (-expected.zeros[$0], $0) < (-expected.zeros[$1], $1) }
      for count in 2..<outputs {
        let rule = PruningRule(layers: ["a"], unit: .channel(), criterion: "apoz", amount: .count(count))
        let result = try Compressor(model).apply(Recipe(pruning: [rule]), calibration: samples)
        #expect(result.layers[0].prunedChannels == order.prefix(count).sorted())
      }
    }
  }

  /// A layer whose output no Relu follows has no zeros to count.
  @Test func whatCannotBeObservedIsSaid() throws {
    let model = try Fixtures.residual()
    var random = SplitMix(seed: 4)
    let samples = CalibrationData(inputs: ["x": random.normal([4, 3, 5, 5])])
    let rule = PruningRule(layers: ["b"], unit: .channel(), criterion: "apoz", amount: .fraction(0.5))
    var error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(Recipe(pruning: [rule]), calibration: samples)
    }
    #expect(
      "\(try #require(error))"
        == "pruning[0]: layer 'b': there is no activation behind it that gives zeros, such as Relu")
    error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(
        Recipe(pruning: [PruningRule(layers: ["b"], criterion: "wanda", amount: .fraction(0.5))]))
    }
    #expect(
      "\(try #require(error))"
        == "calibration: layer 'b' is to be ranked by wanda, and there is no data to observe it with")
  }

  /// Two rules that ask the same of samples, each for a layer of its own, do what each does alone.
  @Test(arguments: ["wanda", "sparsegpt"]) func rulesKeepApart(criterion: String) throws {
    let model = try Fixtures.mobile()
    var random = SplitMix(seed: 6)
    let samples = CalibrationData(inputs: ["x": random.normal([16, 3, 8, 8])])
    func rule(_ layer: String, _ amount: Double) -> PruningRule {
      PruningRule(layers: [layer], criterion: criterion, amount: .fraction(amount))
    }
    let rules = [rule("stem", 0.5), rule("pw", 0.25)]
    let both = try Compressor(model).apply(Recipe(pruning: rules), calibration: samples).graph
    for (name, rule) in zip(["stem.weight", "pw.weight"], rules) {
      let alone = try Compressor(model).apply(Recipe(pruning: [rule]), calibration: samples).graph
      #expect(both.constants[name]?.floats == alone.constants[name]?.floats)
      #expect(both.constants[name]?.floats.contains(0) == true)
    }
  }

  /// Whatever the unit and the criterion, each output channel loses as many.
  @Test(arguments: [PruningRule.Unit.weight, .pattern(n: 2, m: 4)])
  func outputsLoseAsMany(unit: PruningRule.Unit) throws {
    let model = try Fixtures.wide()
    var random = SplitMix(seed: 7)
    let samples = CalibrationData(inputs: ["x": random.normal([32, 32, 4, 4])])
    for criterion in [nil] + PruningCriteria.names(for: unit) {
      for layer in ["conv2", "fc1", "fc2"] {
        let rule = PruningRule(
          layers: [layer], scope: .output, unit: unit, criterion: criterion, amount: .fraction(0.5))
        let graph = try Compressor(model).apply(Recipe(pruning: [rule]), calibration: samples).graph
        let info = try #require(model.layer(layer))
        let weight = try #require(graph.constants[info.weight])
        let outputs = info.shape[info.slot.outputAxis]
        let size = weight.count / outputs
        var zeros = [Int](repeating: 0, count: outputs)
        for (index, value) in weight.floats.enumerated() where value == 0 {
          zeros[index / info.shape.inner(of: info.slot.outputAxis) % outputs] += 1
        }
        #expect(Set(zeros) == [unit == .weight ? size / 2 : size / 4], "\(criterion ?? "l1") of \(layer)")
      }
    }
  }

  /// What is measured is measured once: then every amount is arithmetic.
  @Test func estimatesObserveOnce() throws {
    let model = try Fixtures.mobile()
    var random = SplitMix(seed: 5)
    let samples = CalibrationData(inputs: ["x": random.normal([3, 3, 8, 8])])
    let compressor = Compressor(model)
    func recipe(_ amount: Double) -> Recipe {
      Recipe(pruning: [PruningRule(layers: ["*"], criterion: "wanda", amount: .fraction(amount))])
    }
    #expect(compressor.mustObserve(recipe(0.5), calibration: samples))
    _ = try compressor.estimate(recipe(0.5), calibration: samples)
    #expect(!compressor.mustObserve(recipe(0.25), calibration: samples))
    #expect(!compressor.mustObserve(.empty, calibration: samples))
  }
}
