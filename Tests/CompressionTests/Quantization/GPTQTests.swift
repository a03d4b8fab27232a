import Compression
import Engine
import Foundation
import Graph
import Tensor
import Testing

@Suite struct GPTQTests {
  struct Input: Decodable {
    var data: Vectors.Array
    var weight: Vectors.Array
    var type: String
    var bits: Int
    var scheme: String
    var granularity: String
    var order: String
    var damping: Double
    var block: Int
    var group: Int
  }

  struct Expected: Decodable {
    var integers: [Int]
    var scales: [Double]
    var zeroPoints: [Int]
  }

  /// One layer with input `x` and output `y`.
  private func model(_ type: OperatorType, _ weight: Tensor, data: Shape, group: Int = 1) throws
    -> Model
  {
    var builder = GraphBuilder()
    builder.constants["w"] = weight
    var attributes: [String: Attribute] = [:]
    if type == "Gemm" { attributes["transB"] = .int(1) }
    if type == "Conv" { attributes["group"] = .int(group) }
    builder.add(type, ["x", "w"], "y", attributes)
    return try builder.model("layer", input: Array(data.dims.dropFirst()), opset: 21)
  }

  private func gptq(
    _ bits: Int, _ granularity: Granularity = .channel, _ options: GPTQOptions = GPTQOptions()
  ) -> WeightRule {
    WeightRule(
      layers: ["*"], bits: bits, granularity: granularity,
      linear: LinearOptions(method: .gptq(options)))
  }

  /// The integers of the vectors, which float64 and another form of the algorithm gave, without exception.
  @Test func theIntegersAreThoseOfThePaper() throws {
    for each in try Vectors.read("gptq", Input.self, Expected.self) {
      let input = each.input
      let (data, weight) = (input.data.tensor, input.weight.tensor)
      let rule = WeightRule(
        layers: ["*"], bits: input.bits, scheme: try #require(WeightScheme(rawValue: input.scheme)),
        granularity: input.granularity == "tensor"
          ? .tensor : input.granularity == "channel" ? .channel : .block(input.block),
        linear: LinearOptions(
          method: .gptq(
            GPTQOptions(
              order: try #require(GPTQOptions.Order(rawValue: input.order)), damping: input.damping)
          )))
      let model = try model(OperatorType(input.type), weight, data: data.shape, group: input.group)
      let graph = try Compressor(model).apply(
        Recipe(weights: [rule]), calibration: CalibrationData(inputs: ["x": data])
      ).graph
      #expect(graph.constants["w"]?.integers == each.expected.integers, "\(each.name)")
      let found = Set(try #require(graph.constants["w_scale"]).floats).sorted()
      #expect(found.count == each.expected.scales.count, "\(each.name)")
      for (one, other) in zip(found, each.expected.scales) {
        #expect(abs(Double(one) / other - 1) < 1e-4, "\(each.name)")
      }
      if let zeroPoints = graph.constants["w_zero_point"] {
        #expect(zeroPoints.integers?.sorted() == each.expected.zeroPoints, "\(each.name)")
      }
    }
  }

  /// What the method is for: on the samples the layer's outputs come nearer than by plain rounding.
  @Test(arguments: [2, 3, 4, 8], GPTQOptions.Order.allCases)
  func outputsComeNearer(bits: Int, order: GPTQOptions.Order) throws {
    var random = SplitMix(seed: 7)
    let mix = random.normal([24, 24])
    var builder = GraphBuilder()
    builder.constants = ["mix": mix, "w": random.normal([24, 16])]
    builder.add("MatMul", ["x", "mix"], "mixed")
    builder.add("Relu", ["mixed"], "relu")
    builder.add("MatMul", ["relu", "w"], "y")
    let model = try builder.model("mixed", input: [24])
    let data = random.normal([200, 24])
    func outputs(_ graph: Graph) throws -> [Float] {
      try #require(try ReferenceEvaluator(graph).run(["x": data])["y"]).floats
    }
    let wanted = try outputs(model.graph)
    func error(_ rule: WeightRule) throws -> Double {
      var rule = rule
      rule.layers = ["w"]
      let graph = try Compressor(model).apply(
        Recipe(weights: [rule]), calibration: CalibrationData(inputs: ["x": data])
      ).graph
      return zip(try outputs(graph), wanted).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }
    }
    let plain = try error(WeightRule(layers: [], bits: bits, granularity: .channel))
    #expect(try error(gptq(bits, .channel, GPTQOptions(order: order))) < 0.7 * plain)
  }

  @Test func theEstimateIsTheCountAndSaysWhenItRuns() throws {
    var random = SplitMix(seed: 8)
    let calibration = CalibrationData(inputs: ["x": random.normal([20, 32, 4, 4])])
    let other = CalibrationData(inputs: ["x": random.normal([20, 32, 4, 4])])
    let model = try Fixtures.wide()
    let compressor = Compressor(model)
    for unit in [PruningRule.Unit.weight, .channel(remove: true)] {
      for granularity in [Granularity.tensor, .channel, .block(32)] {
        for order in GPTQOptions.Order.allCases {
          let pruned = unit == .weight ? "*" : "fc1"
          // Thirds of 96 leave whole blocks.
          let pruning = [PruningRule(layers: [pruned], unit: unit, amount: .fraction(1.0 / 3))]
          let recipe = Recipe(
            pruning: pruning, weights: [gptq(3, granularity, GPTQOptions(order: order))],
            equalize: true)
          #expect(compressor.mustObserve(recipe, calibration: calibration))
          let result = try compressor.apply(recipe, calibration: calibration)
          #expect(!compressor.mustObserve(recipe, calibration: calibration))
          #expect(compressor.mustObserve(recipe, calibration: other))
          #expect(
            try compressor.estimate(recipe, calibration: calibration) == Cost.count(result.graph))
          let fresh = try Compressor(model).apply(recipe, calibration: calibration)
          #expect(fresh.graph.contentHash == result.graph.contentHash)
          // The mask is kept.
          let float = try compressor.apply(Recipe(pruning: pruning)).graph
          let zeros = try #require(float.constants["fc1.weight"]).floats.map { $0 == 0 }
          let integers = try #require(result.graph.constants["fc1.weight"]?.integers)
          #expect(zip(zeros, integers).allSatisfy { !$0 || $1 == 0 })
        }
      }
    }
  }

  @Test func whatIsWrongIsSaid() throws {
    func refusal(_ fields: String) -> RecipeError? {
      do {
        let text = #"{"pare":1,"quantization":{"weights":[{"layers":["*"],"bits":4,\#(fields)}]}}"#
        _ = try Recipe(json: text)
        return nil
      } catch {
        return error
      }
    }
    let field = "quantization.weights[0]."
    #expect(
      refusal(#""method":"gptq","damping":-1"#)
        == RecipeError(field: field + "damping", reason: "must be at least 0, not -1.0"))
    #expect(
      refusal(#""damping":0.1"#)
        == RecipeError(field: field + "damping", reason: "is for the method \"gptq\" only"))
    #expect(
      refusal(#""method":"best""#)
        == RecipeError(
          field: field + "method", reason: "must be \"nearest\" or \"gptq\", not \"best\""))
    #expect(
      refusal(#""scheme":"codebook","method":"gptq""#)
        == RecipeError(
          field: field + "method",
          reason: "is for \"symmetric\" and \"affine\" only, and the scheme is \"codebook\""))
    var random = SplitMix(seed: 9)
    let model = try model("Gemm", random.normal([4, 6]), data: [1, 6])
    #expect(
      throws: CompressionError.calibration(
        "the weights of layer 'w' are to be rounded by gptq, and there is no data to observe its inputs with"
      )
    ) { try Compressor(model).estimate(Recipe(weights: [gptq(4)])) }
    // Two samples of six inputs say nothing of most directions.
    let few = CalibrationData(inputs: ["x": random.normal([2, 6])])
    let undamped = gptq(4, .channel, GPTQOptions(damping: 0))
    #expect(
      throws: CompressionError.layer(
        "w",
        reason:
          "cannot be rounded by GPTQ: the products of its inputs have no inverse; give it more samples "
          + "or a higher damping", rule: "quantization.weights[0]")
    ) { try Compressor(model).apply(Recipe(weights: [undamped]), calibration: few) }
    // A weight on the left, whose samples lie along no rows.
    var builder = GraphBuilder()
    builder.constants["w"] = random.normal([4, 6])
    builder.add("MatMul", ["w", "x"], "y")
    let left = try builder.model("left", input: [6, 3])
    let data = CalibrationData(inputs: ["x": random.normal([9, 6, 3])])
    #expect(
      throws: CompressionError.layer(
        "w", reason: "what it sums cannot be observed: its samples do not lie along the first axis")
    ) { try Compressor(left).apply(Recipe(weights: [gptq(4)]), calibration: data) }
  }

  @Test func theRecipeSaysSo() throws {
    let text =
      #"{"pare":1,"quantization":{"weights":[{"bits":4,"damping":0.1,"granularity":"channel","layers":["*"],"#
      + #""method":"gptq","order":"activation","samples":64,"scheme":"symmetric"}]}}"#
    let recipe = try Recipe(json: text)
    #expect(
      recipe.weights == [
        gptq(4, .channel, GPTQOptions(order: .activation, damping: 0.1, samples: 64))
      ])
    #expect(recipe.json(pretty: false) == text)
    #expect(recipe.observes && recipe.needsSamples)
    let short = Recipe(weights: [gptq(4)]).json(pretty: false)
    #expect(!short.contains("order") && !short.contains("damping") && !short.contains("samples"))
    #expect(!Recipe(weights: [WeightRule(layers: ["*"], bits: 4)]).json().contains("method"))
  }
}
