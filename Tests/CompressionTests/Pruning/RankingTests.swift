import Compression
import Graph
import Tensor
import Testing

@Suite struct RankingTests {
  private func masked(_ weights: [(name: String, tensor: Tensor)], _ rule: PruningRule) throws -> [[Float]] {
    let result = try Compressor(Fixtures.layers(weights)).apply(Recipe(pruning: [rule]))
    return weights.map { result.graph.constants[$0.name + ".weight"]?.floats ?? [] }
  }

  @Test func tiesGoInOrderOfPosition() throws {
    let tensor = Tensor([1, -1, 0.5, 1, -1, 2] as [Float], shape: [2, 3])
    let rule = PruningRule(layers: ["a"], amount: .count(3))
    #expect(try masked([("a", tensor)], rule) == [[0, 0, 0, 1, -1, 2]])
    let other = Tensor([1, 0.5, 1, 3] as [Float], shape: [2, 2])
    let global = PruningRule(layers: ["*"], scope: .global, amount: .count(6))
    // Of the six that measure 1 four go, the earlier layer's first.
    #expect(try masked([("a", tensor), ("b", other)], global) == [[0, 0, 0, 0, 0, 2], [1, 0, 1, 3]])
  }

  @Test func equalChannelsGoInOrder() throws {
    let tensor = Tensor([1, 2, 2, 1, -1, 2, 3, 3] as [Float], shape: [4, 2])
    let rule = PruningRule(layers: ["a"], unit: .channel(axis: 0), norm: 2, amount: .count(2))
    #expect(try masked([("a", tensor)], rule) == [[0, 0, 0, 0, -1, 2, 3, 3]])
    let global = PruningRule(
      layers: ["*"], scope: .global, unit: .channel(axis: 0), norm: 1, amount: .fraction(0.5))
    let other = Tensor([0.5, 0.5, 9, 9] as [Float], shape: [2, 2])
    #expect(
      try masked([("a", tensor), ("b", other)], global) == [[0, 0, 0, 0, -1, 2, 3, 3], [0, 0, 9, 9]])
  }

  @Test func moreNeverLeavesFewerZeros() throws {
    let compressor = Compressor(try Fixtures.lenet())
    for (scope, unit) in [
      (PruningRule.Scope.layer, PruningRule.Unit.weight), (.global, .weight), (.layer, .channel()),
      (.global, .channel(axis: 0)),
    ] {
      var last = -1
      for step in 0...20 {
        let rule = PruningRule(
          layers: ["*"], scope: scope, unit: unit, norm: 2, amount: .fraction(Double(step) / 20))
        let cost = try compressor.estimate(Recipe(pruning: [rule]))
        let zeros = cost.parameters - cost.nonzeroParameters
        #expect(zeros >= last)
        last = zeros
      }
      // Only biases are left.
      #expect(last == 430_500)
    }
  }

  @Test func otherTypesAreMaskedInPlace() throws {
    let model = try Fixtures.layers([("a", Tensor([3, -1, 2, 0.5] as [Double], shape: [2, 2]))])
    let compressor = Compressor(model)
    let result = try compressor.apply(Recipe(pruning: [PruningRule(layers: ["a"], amount: .fraction(0.5))]))
    #expect(result.graph.constants["a.weight"]?.array(of: Double.self) == [3, 0, 2, 0])
    #expect(throws: CompressionError.self) {
      try compressor.estimate(Recipe(weights: [WeightRule(layers: ["a"], bits: 8)]))
    }
  }
}
