import Compression
import Graph
import Tensor
import Testing

@Suite struct UnitTests {
  private func masked(_ tensor: Tensor, _ rule: PruningRule) throws -> [Float] {
    let result = try Compressor(Fixtures.layers([("a", tensor)])).apply(Recipe(pruning: [rule]))
    return result.graph.constants["a.weight"]?.floats ?? []
  }

  @Test func blocksGoByTheirNorm() throws {
    let tensor = Tensor([1, 1, 5, 0, 9, 3, 3, 4, 0, 9] as [Float], shape: [2, 5])
    // By the L1 norm 2, 5, 6 and 4; by the L2 norm 1.4, 5, 4.2 and 4. The fifth column is in no block.
    var rule = PruningRule(layers: ["a"], unit: .block(rows: 1, columns: 2), norm: 1, amount: .count(3))
    #expect(try masked(tensor, rule) == [0, 0, 0, 0, 9, 3, 3, 0, 0, 9])
    rule.norm = 2
    #expect(try masked(tensor, rule) == [0, 0, 5, 0, 9, 0, 0, 0, 0, 9])
    rule.unit = .block(rows: 2, columns: 2)
    rule.amount = .fraction(0.5)
    #expect(try masked(tensor, rule) == [0, 0, 5, 0, 9, 0, 0, 4, 0, 9])
    rule.amount = .fraction(1)
    #expect(try masked(tensor, rule) == [0, 0, 0, 0, 9, 0, 0, 0, 0, 9])
  }

  @Test func aLayerWithoutAWholeBlockIsNamed() throws {
    let rule = PruningRule(layers: ["*"], unit: .block(rows: 4, columns: 4), amount: .fraction(0.5))
    let error = #expect(throws: RecipeError.self) {
      try masked(Tensor([Float](repeating: 1, count: 10), shape: [2, 5]), rule)
    }
    #expect("\(try #require(error))" == "pruning[0].block: layer 'a' (2·5) has no whole block of 4x4")
  }

  /// A convolution's pattern runs along its input channels, at each place of the kernel by itself.
  @Test func patternsRunAlongTheInputs() throws {
    let dense = Tensor([4, -1, 3, 2, 1, 1, 1, 1] as [Float], shape: [2, 4])
    var rule = PruningRule(layers: ["a"], unit: .pattern(n: 2, m: 4), amount: .fraction(1))
    #expect(try masked(dense, rule) == [4, 0, 3, 0, 0, 0, 1, 1])
    // Half of what may go: the weakest of all that may.
    rule.amount = .fraction(0.5)
    #expect(try masked(dense, rule) == [4, 0, 3, 2, 0, 1, 1, 1].map { Float($0) })
    rule.unit = .pattern(n: 1, m: 2)
    rule.amount = .fraction(1)
    let conv = Tensor([1, 5, 2, 4] as [Float], shape: [1, 2, 1, 2])
    #expect(try masked(conv, rule) == [0, 5, 2, 0])
  }

  @Test func anAxisThatDoesNotDivideIsNamed() throws {
    let rule = PruningRule(layers: ["conv1"], unit: .pattern(n: 2, m: 4), amount: .fraction(1))
    let error = #expect(throws: RecipeError.self) {
      try Compressor(Fixtures.lenet()).estimate(Recipe(pruning: [rule]))
    }
    #expect(
      "\(try #require(error))"
        == "pruning[0].m: 4 does not divide the 1 inputs of layer 'conv1' (20·1·5·5)")
  }

  @Test(arguments: Counting.allCases)
  func moreNeverLeavesFewerZeros(counting: Counting) throws {
    let compressor = Compressor(try Fixtures.mobile())
    for scope in PruningRule.Scope.allCases {
      for (unit, criteria) in [
        (PruningRule.Unit.weight, [nil, "random", "lamp"]), (.channel(), [nil, "random", "fpgm"]),
        (.block(rows: 2, columns: 3), [nil, "random", "lamp"]),
        (.pattern(n: 1, m: 2), [nil, "random", "lamp"]),
      ] {
        for criterion in criteria where unit.scopes.contains(scope) {
          var last = 0
          for step in 0...20 {
            let rule = PruningRule(
              layers: unit.isPattern ? ["pw", "fc"] : ["*"], scope: scope, unit: unit, criterion: criterion,
              amount: .fraction(Double(step) / 20), counting: counting)
            let cost = try compressor.estimate(Recipe(pruning: [rule]))
            let zeros = cost.parameters - cost.nonzeroParameters
            #expect(zeros >= last && (step > 0 || zeros == 0), "\(rule)")
            last = zeros
          }
          #expect(last > 0)
        }
      }
    }
  }
}
