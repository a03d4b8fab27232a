import Compression
import Graph
import Tensor
import Testing

/// Zeros of weights that are pruned and then quantized: counted by arithmetic, and in the tensor itself.
@Suite struct PrunedAndQuantizedTests {
  private func weight(_ shape: Shape, _ random: inout SplitMix) -> Tensor {
    var values = random.normal(shape).floats
    switch Int.random(in: 0..<6, using: &random) {
    case 0: values = values.map { ($0 * 4).rounded() / 4 }  // Many ties.
    case 1: values = values.map { abs($0) }
    case 2: values = values.map { $0 < 0 ? $0 / 50 : $0 }
    case 3:  // Channels far apart, one of them dead.
      for index in values.indices { values[index] *= Float(index / (values.count / shape[0]) % 5) / 3 }
    case 4: values = values.map { min(max($0, -1), 0.5) }
    default: break
    }
    return Tensor(values, shape: shape)
  }

  private func rule(_ random: inout SplitMix, blocks: Bool) -> WeightRule {
    let granularities: [Granularity] = [.tensor, .channel] + (blocks ? [.block(32)] : [])
    return WeightRule(
      layers: ["*"], bits: [2, 3, 4, 6, 8, 16].randomElement(using: &random) ?? 8,
      scheme: [.symmetric, .affine].randomElement(using: &random) ?? .symmetric,
      granularity: granularities.randomElement(using: &random) ?? .tensor,
      linear: LinearOptions(
        rounding: LinearOptions.Rounding.allCases.randomElement(using: &random) ?? .halfEven,
        integers: LinearOptions.Integers.allCases.randomElement(using: &random) ?? .standard,
        isSigned: Bool.random(using: &random),
        calibration: Int.random(in: 0..<8, using: &random) == 0 ? .mse : .minmax))
  }

  private func amount(_ random: inout SplitMix) -> Amount {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: .fraction(1)
    case 1: .fraction(0)
    case 2: .fraction(Double.random(in: 0.97..<1, using: &random))
    case 3: .threshold(Double.random(in: 0...2, using: &random))
    default: .fraction(Double.random(in: 0..<1, using: &random))
    }
  }

  @Test func arithmeticCountsWhatIsThere() throws {
    var random = SplitMix(seed: 24)
    for _ in 0..<40 {
      let model = try Fixtures.layers([
        ("a", weight([64, 9], &random)), ("b", weight([32, 5], &random)),
        ("c", weight([96, 2, 1, 3], &random)),
      ])
      let compressor = Compressor(model)
      for _ in 0..<3 {
        let weights = rule(&random, blocks: false)
        for _ in 0..<8 {
          var pruning = PruningRule(
            layers: ["*"], scope: PruningRule.Unit.channel().scopes.randomElement(using: &random) ?? .layer,
            amount: amount(&random))
          if case .fraction = pruning.amount {
            pruning.counting = Counting.allCases.randomElement(using: &random) ?? .torch
          }
          let recipe = Recipe(pruning: [pruning], weights: [weights])
          let estimate = try compressor.estimate(recipe)
          let graph = try Compressor(model).apply(recipe).graph
          #expect(estimate == (try Cost.count(graph)), "\(recipe.json(pretty: false))")
        }
      }
    }
  }

  @Test func oneLayerAtEveryCount() throws {
    var random = SplitMix(seed: 25)
    for _ in 0..<30 {
      let model = try Fixtures.layers([("a", weight([32, 3], &random))])
      let weights = rule(&random, blocks: true)
      let compressor = Compressor(model)
      for count in stride(from: 0, through: 96, by: 3) {
        let recipe = Recipe(pruning: [PruningRule(layers: ["*"], amount: .count(count))], weights: [weights])
        let graph: Graph
        do {
          graph = try Compressor(model).apply(recipe).graph
        } catch let error as RecipeError where weights.granularity == .block(32) {
          #expect(throws: error) { try compressor.estimate(recipe) }
          continue
        }
        #expect(try compressor.estimate(recipe) == (try Cost.count(graph)), "\(recipe.json(pretty: false))")
        // What was estimated before changes no byte of what is made.
        #expect(try compressor.apply(recipe).graph.contentHash == graph.contentHash)
      }
    }
  }

  @Test func whatIsNotFiniteIsRefusedUntilItIsPruned() throws {
    let tensor = Tensor([1, -2, .infinity, 0.5, .nan, 3] as [Float], shape: [2, 3])
    let compressor = Compressor(try Fixtures.layers([("a", tensor)]))
    func nonzero(_ count: Int) throws -> Int {
      try compressor.estimate(
        Recipe(
          pruning: [PruningRule(layers: ["a"], amount: .count(count))],
          weights: [WeightRule(layers: ["a"], bits: 8)])
      ).nonzeroParameters
    }
    for count in [0, 1, 5] {
      let error = #expect(throws: CompressionError.self) { try nonzero(count) }
      #expect("\(try #require(error))".contains("not finite"))
    }
    #expect(try nonzero(6) == 0)
  }
}
