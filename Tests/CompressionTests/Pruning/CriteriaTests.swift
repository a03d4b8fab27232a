import Compression
import Graph
import Tensor
import Testing

@Suite struct CriteriaTests {
  private func masked(_ weights: [(name: String, tensor: Tensor)], _ rule: PruningRule) throws -> [[Float]] {
    let result = try Compressor(Fixtures.layers(weights)).apply(Recipe(pruning: [rule]))
    return weights.map { result.graph.constants[$0.name + ".weight"]?.floats ?? [] }
  }

  @Test func chanceFollowsItsSeed() throws {
    let ones = Tensor([Float](repeating: 1, count: 64), shape: [8, 8])
    func gone(_ seed: Int, _ unit: PruningRule.Unit = .weight) throws -> [[Float]] {
      try masked(
        [("a", ones), ("b", ones)],
        PruningRule(layers: ["*"], unit: unit, criterion: "random", seed: seed, amount: .fraction(0.5)))
    }
    let first = try gone(1)
    #expect(first == (try gone(1)))
    #expect(first != (try gone(2)))
    // Two layers of one shape do not lose the same places.
    #expect(first[0] != first[1])
    #expect(first.map { $0.count { $0 == 0 } } == [32, 32])
    #expect(try gone(1, .channel())[0].count { $0 == 0 } == 32)
  }

  /// By hand: of [1, 2, 3] the scores are 1/14, 4/13 and 1; of [10, 10] they are 1/2 and 1/2.
  @Test func lampComparesLayersByWhatIsLeft() throws {
    let weights = [
      ("a", Tensor([1, -2, 3] as [Float], shape: [1, 3])),
      ("b", Tensor([10, 10] as [Float], shape: [1, 2])),
    ]
    func left(_ count: Int) throws -> [[Float]] {
      try masked(
        weights, PruningRule(layers: ["*"], scope: .global, criterion: "lamp", amount: .count(count)))
    }
    #expect(try left(2) == [[0, 0, 3], [10, 10]])
    #expect(try left(3) == [[0, 0, 3], [0, 10]])
    #expect(try left(4) == [[0, 0, 3], [0, 0]])
  }

  /// By hand: the sums of distances of points 0, 1, 5 and 7 on a line are 13, 11, 11 and 15.
  @Test func theMiddleChannelsAreReplaceable() throws {
    let weights = [("a", Tensor([0, 1, 5, 7] as [Float], shape: [4, 1]))]
    let rule = PruningRule(layers: ["a"], unit: .channel(), criterion: "fpgm", amount: .count(2))
    #expect(try masked(weights, rule) == [[0, 0, 0, 7]])
  }

  @Test func batchNormalisationRanksTheChannelsBeforeIt() throws {
    let model = try Fixtures.mobile()
    let scales = try #require(model.graph.constants["bn1.weight"]).floats.map(abs)
    let rule = PruningRule(
      layers: ["stem"], unit: .channel(remove: true), criterion: "batch_norm", amount: .count(3))
    let result = try Compressor(model).apply(Recipe(pruning: [rule]))
    let weakest = scales.indices.sorted { scales[$0] < scales[$1] }.prefix(3).sorted()
    #expect(result.layers.first { $0.name == "stem" }?.prunedChannels == Array(weakest))
    #expect(
      model.layers.map { PruningCriteria.channelNames(of: $0, in: model.typed).contains("batch_norm") }
        == [true, false, true, false])
    let other = PruningRule(layers: ["dw"], unit: .channel(), criterion: "batch_norm", amount: .count(3))
    let error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(Recipe(pruning: [other]))
    }
    #expect(
      "\(try #require(error))".hasPrefix(
        "pruning[0]: layer 'dw': criterion batch_norm needs a batch normalisation"))
  }

  /// |w| / ||w||: of [3, 4] 0.6 and 0.8, of [5, 12] 0.38 and 0.92.
  @Test func normalisedListsCompareLayersByTheirNorms() throws {
    let weights = [
      ("a", Tensor([3, 4] as [Float], shape: [2, 1])), ("b", Tensor([50, 120] as [Float], shape: [2, 1])),
    ]
    for unit in [PruningRule.Unit.weight, .channel(), .block(rows: 1, columns: 1)] {
      for norm in 1...2 {
        var rule = PruningRule(
          layers: ["*"], scope: .globalNormalized, unit: unit, norm: norm, amount: .count(1))
        #expect(try masked(weights, rule) == [[3, 4], [0, 120]])
        rule.amount = .threshold(0.7)
        #expect(try masked(weights, rule) == [[0, 4], [0, 120]])
        rule.scope = .global
        rule.amount = .count(2)
        #expect(try masked(weights, rule) == [[0, 0], [50, 120]])
      }
    }
  }

  @Test func whatIsAtTheThresholdGoes() throws {
    let weights = [("a", Tensor([0.1, -0.1, 0.2, 0.3, 0.3, -0.4] as [Float], shape: [3, 2]))]
    #expect(
      try masked(weights, PruningRule(layers: ["a"], amount: .threshold(0.2))) == [[0, 0, 0, 0.3, 0.3, -0.4]])
    // Norms of 0.14, 0.36 and 0.5.
    let channels = PruningRule(layers: ["a"], unit: .channel(), norm: 2, amount: .threshold(0.4))
    #expect(try masked(weights, channels) == [[0, 0, 0, 0, 0.3, -0.4]])
    #expect(try masked(weights, PruningRule(layers: ["a"], amount: .threshold(0)))[0] == weights[0].1.floats)
  }
}
