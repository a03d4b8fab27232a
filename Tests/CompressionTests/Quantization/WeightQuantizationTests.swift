import Compression
import Engine
import Graph
import Tensor
import Testing

@Suite struct WeightQuantizationTests {
  private func y(_ graph: Graph) throws -> [Float] {
    var random = SplitMix(seed: 5)
    let x = random.normal([2, 3, 8, 8])
    return try #require(try ReferenceEvaluator(graph).run(["x": x])["y"]).floats
  }

  /// In operator sets without DequantizeLinear, or without its axis, the same numbers come out.
  @Test(arguments: [WeightScheme.symmetric, .affine, .codebook], [Granularity.tensor, .channel])
  func oldOperatorSetsComputeTheSame(scheme: WeightScheme, granularity: Granularity) throws {
    let recipe = Recipe(
      pruning: [PruningRule(layers: ["pw"], amount: .fraction(0.4))],
      weights: [WeightRule(layers: ["*"], bits: 5, scheme: scheme, granularity: granularity)])
    guard scheme != .codebook || granularity == .tensor else { return }
    var results: [[Float]] = []
    var costs: [CostReport] = []
    for opset in [9, 11, 13, 17] {
      let compressor = Compressor(try Fixtures.mobile(opset: opset))
      let result = try compressor.apply(recipe)
      results.append(try y(result.graph))
      costs.append(try Cost.count(result.graph))
      #expect(try compressor.estimate(recipe) == costs.last)
      let usesDequantize = result.graph.nodes.contains { $0.type == "DequantizeLinear" }
      #expect(usesDequantize == (scheme != .codebook && opset >= (granularity == .channel ? 13 : 10)))
    }
    #expect(Set(results).count == 1)
    #expect(Set(costs).count == 1)
    #expect(costs[0].layers.map(\.weightBits) == [5, 5, 5, 5])
    #expect(costs[0].layers.map(\.name) == ["stem", "dw", "pw", "fc"])
  }

  @Test func operatorSetsBeforeSevenAreRefused() throws {
    let model = try Fixtures.layers([("w", .zeros([2, 2]))], opset: 6)
    let error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(Recipe(weights: [WeightRule(layers: ["w"], bits: 8)]))
    }
    #expect("\(try #require(error))".contains("operator set 7"))
  }

  @Test func zeroStaysZero() throws {
    let compressor = Compressor(try Fixtures.lenet())
    for scheme in [WeightScheme.symmetric, .affine] {
      for bits in [2, 5, 8] {
        let recipe = Recipe(
          pruning: [PruningRule(layers: ["*"], scope: .global, amount: .fraction(0.7))],
          weights: [WeightRule(layers: ["*"], bits: bits, scheme: scheme, granularity: .channel)])
        let cost = try compressor.estimate(recipe)
        #expect(cost.parameters - cost.nonzeroParameters >= 301_350)
      }
    }
  }

  @Test func aSharedWeightIsQuantizedOnce() throws {
    var builder = GraphBuilder()
    var random = SplitMix(seed: 6)
    builder.constants = ["w.weight": random.normal([4, 4])]
    builder.add("MatMul", ["x", "w.weight"], "h")
    builder.add("MatMul", ["h", "w.weight"], "y")
    let model = try builder.model("shared", input: [4])
    #expect(model.layers.map(\.name) == ["w", "w_2"])
    let recipe = Recipe(
      pruning: [PruningRule(layers: ["*"], scope: .global, amount: .fraction(0.5))],
      weights: [WeightRule(layers: ["*"], bits: 4)])
    let compressor = Compressor(model)
    let result = try compressor.apply(recipe)
    #expect(result.graph.nodes.map(\.type.name) == ["DequantizeLinear", "MatMul", "MatMul"])
    let cost = try Cost.count(result.graph)
    #expect(cost.parameters == 16)
    #expect(cost.sizeBytes == 8 + 4)
    #expect(result.layers.map(\.pruned) == [8, 8])
    #expect(try compressor.estimate(recipe) == cost)
  }

  @Test func constantsLeftAloneAreShared() throws {
    let model = try Fixtures.lenet()
    let recipe = Recipe(weights: [WeightRule(layers: ["fc1"], bits: 8)])
    let result = try Compressor(model).apply(recipe)
    for name in ["conv1.weight", "fc2.weight", "fc1.bias"] {
      let before = model.graph.constants[name]?.withUnsafeBytes { $0.baseAddress }
      let after = result.graph.constants[name]?.withUnsafeBytes { $0.baseAddress }
      #expect(before == after)
    }
  }
}
