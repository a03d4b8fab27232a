import Compression
import Graph
import Tensor
import Testing

/// Which weights go, against sorting them all anew, on weights with ties, zeros of both signs and what is no number.
@Suite struct NaiveRankingTests {
  private func weights(_ random: inout SplitMix) -> [[Float]] {
    let odd: [Float] = [0, -0.0, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1, -1]
    return (0..<3).map { layer in
      (0..<Int.random(in: 1...60, using: &random)).map { _ in
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where layer == 2: odd.randomElement(using: &random) ?? 0
        case 1, 2: Float(Int.random(in: -3...3, using: &random)) / 2
        case 3: Float.leastNonzeroMagnitude * Float(Int.random(in: 0..<5, using: &random))
        default: Float.random(in: -2...2, using: &random)
        }
      }
    }
  }

  /// The lists with zeros in place of the first of all by score, layer and position.
  private func pruned(_ lists: [[Float]], _ count: Int, _ score: (_ layer: Int, Float) -> Float) -> [[Float]]
  {
    let all = lists.indices.flatMap { layer in
      lists[layer].indices.map { (ScoreKey.of(score(layer, lists[layer][$0])), layer, $0) }
    }.sorted { $0 < $1 }
    // Of each layer so many, by magnitude: that is what the list decides.
    return lists.enumerated().map { layer, values in
      let gone = all.prefix(count).count { $0.1 == layer }
      let order = values.indices.sorted {
        (ScoreKey.of(abs(values[$0])), $0) < (ScoreKey.of(abs(values[$1])), $1)
      }
      var values = values
      for index in order.prefix(gone) { values[index] = 0 }
      return values
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  @Test func everyCountOfEveryScope() throws {
    var random = SplitMix(seed: 23)
    for _ in 0..<12 {
      let lists = weights(&random)
      let names = ["a", "b", "c"]
      let model = try Fixtures.layers(
        zip(names, lists).map { ($0, Tensor($1, shape: [1, $1.count])) })
      let compressor = Compressor(model)
      func masked(_ scope: PruningRule.Scope, _ layers: [String], _ count: Int) throws -> [[UInt32]] {
        let rule = PruningRule(layers: layers, scope: scope, amount: .count(count))
        let result = try compressor.apply(Recipe(pruning: [rule]))
        let cost = try compressor.estimate(Recipe(pruning: [rule]))
        #expect(cost == (try Cost.count(result.graph)))
        return names.map { (result.graph.constants[$0 + ".weight"]?.floats ?? []).map(\.bitPattern) }
      }
      func bits(_ lists: [[Float]]) -> [[UInt32]] { lists.map { $0.map(\.bitPattern) } }
      let norms = lists.map(norm)
      for count in 0...lists.reduce(0, { $0 + $1.count }) {
        #expect(try masked(.global, ["*"], count) == bits(pruned(lists, count) { abs($1) }))
        let normalized = pruned(lists, count) { layer, value in
          norms[layer] > 0 ? Float(Double(abs(value)) / norms[layer]) : abs(value)
        }
        #expect(try masked(.globalNormalized, ["*"], count) == bits(normalized))
      }
      for count in 0...lists[2].count {
        let expected = Array(lists[..<2]) + pruned([lists[2]], count) { abs($1) }
        #expect(try masked(.layer, ["c"], count) == bits(expected))
      }
    }
  }
}
