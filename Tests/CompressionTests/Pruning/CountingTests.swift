import Compression
import Graph
import Tensor
import Testing

/// How the tools count, on vectors made by hand from their rules.
@Suite struct CountingTests {
  private func zeros(_ values: [Float], _ counting: Counting, _ amount: Double) throws -> Int {
    let tensor = Tensor(values, shape: [1, values.count])
    let rule = PruningRule(layers: ["a"], amount: .fraction(amount), counting: counting)
    return try masked([("a", tensor)], rule)[0].count { $0 == 0 }
  }

  private func masked(_ weights: [(name: String, tensor: Tensor)], _ rule: PruningRule) throws -> [[Float]] {
    let result = try Compressor(Fixtures.layers(weights)).apply(Recipe(pruning: [rule]))
    return weights.map { result.graph.constants[$0.name + ".weight"]?.floats ?? [] }
  }

  /// Ten different weights: 3.5 of them, 0.4, 9.9, all, none.
  @Test(arguments: [
    (Counting.torch, [4, 0, 10, 10, 0]), (.distiller, [3, 0, 9, 10, 0]), (.nncf, [4, 1, 9, 10, 0]),
    (.tfmot, [4, 0, 9, 9, 0]), (.coremltools, [3, 0, 9, 10, 0]), (.torchPruning, [4, 1, 10, 10, 0]),
  ])
  func roundingIsTheTools(counting: Counting, expected: [Int]) throws {
    let values = (1...10).map { Float($0) }
    for (amount, count) in zip([0.35, 0.04, 0.99, 1, 0], expected) {
      #expect(try zeros(values, counting, amount) == count, "\(amount)")
    }
  }

  /// Half of eight weights, of which the third to the sixth are equal.
  @Test(arguments: [
    (Counting.torch, 4), (.distiller, 6), (.nncf, 6), (.tfmot, 2), (.coremltools, 4), (.torchPruning, 4),
  ])
  func tiesAreTheTools(counting: Counting, count: Int) throws {
    #expect(try zeros([1, 2, 3, -3, 3, 3, 5, 6], counting, 0.5) == count)
  }

  /// The same over two layers in one list.
  @Test(arguments: [
    (Counting.torch, [3, 1]), (.distiller, [4, 2]), (.nncf, [4, 2]), (.tfmot, [1, 1]),
    (.coremltools, [3, 1]),
    (.torchPruning, [4, 2]),
  ])
  func globalTiesAreTheTools(counting: Counting, counts: [Int]) throws {
    let weights = [
      ("a", Tensor([1, 3, -3, 3] as [Float], shape: [4, 1])),
      ("b", Tensor([2, 3, 5, 6] as [Float], shape: [4, 1])),
    ]
    for unit in [PruningRule.Unit.weight, .channel(), .block(rows: 1, columns: 1)] {
      let rule = PruningRule(
        layers: ["*"], scope: .global, unit: unit, amount: .fraction(0.5), counting: counting)
      #expect(try masked(weights, rule).map { $0.count { $0 == 0 } } == counts, "\(unit)")
    }
  }

  @Test func distillerSparesAChannelAndDividesByLength() throws {
    let equal = Tensor([1, 1, 1, 1] as [Float], shape: [4, 1])
    var rule = PruningRule(
      layers: ["*"], unit: .channel(), amount: .fraction(0.5), counting: .distiller)
    #expect(try masked([("a", equal)], rule) == [[0, 0, 0, 1]])
    rule.amount = .fraction(1)
    #expect(try masked([("a", equal)], rule) == [[0, 0, 0, 0]])
    // 4 over 4 is less than 3 over 2.
    rule.scope = .global
    rule.amount = .count(1)
    let long = Tensor([1, 1, 1, 1] as [Float], shape: [1, 4])
    let short = Tensor([1, 2] as [Float], shape: [1, 2])
    #expect(try masked([("a", long), ("b", short)], rule) == [[0, 0, 0, 0], [1, 2]])
    rule.counting = .torch
    #expect(try masked([("a", long), ("b", short)], rule) == [[1, 1, 1, 1], [0, 0]])
  }
}
