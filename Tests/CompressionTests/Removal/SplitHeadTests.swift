import Compression
import Engine
import Graph
import Tensor
import Testing

/// Heads of an attention whose queries, keys and values are parts of one layer's outputs.
@Suite struct SplitHeadTests {
  private func run(_ graph: Graph) throws -> [Float] {
    var random = SplitMix(seed: 79)
    let x = random.normal([2, 5, 12])
    let output = try #require(try ReferenceEvaluator(graph).run(["x": x])["y"]).floats
    let planned = try #require(try GraphProgram(graph).run(["x": x])["y"]).floats
    #expect(zip(output, planned).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    return output
  }

  @Test(arguments: Fixtures.Fusing.allCases, [1, 2]) func silentHeadsAreRemovedOnes(
    fusing: Fixtures.Fusing, count: Int
  ) throws {
    let model = try Fixtures.fusedAttention(fusing)
    let compressor = Compressor(model)
    #expect(compressor.coupling(ofLayer: 0).channels == 3)
    #expect(compressor.coupling(ofLayer: 0).hasHeads)
    func recipe(remove: Bool) -> Recipe {
      Recipe(pruning: [
        PruningRule(layers: ["qkv"], unit: .head(remove: remove), norm: 2, amount: .count(count))
      ])
    }
    let zeroed = try compressor.apply(recipe(remove: false))
    let removed = try compressor.apply(recipe(remove: true))
    #expect(try compressor.estimate(recipe(remove: false)) == (try Cost.count(zeroed.graph)))
    #expect(try compressor.estimate(recipe(remove: true)) == (try Cost.count(removed.graph)))
    #expect(removed.graph.constants["qkv.weight"]?.shape == [12, 36 - 12 * count])
    #expect(removed.graph.constants["qkv.bias"]?.shape == [36 - 12 * count])
    #expect(removed.graph.constants["out.weight"]?.shape == [12 - 4 * count, 12])
    let (a, b) = (try run(zeroed.graph), try run(removed.graph))
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    #expect(try run(model.graph) != a)
  }

  /// What is taken out before a slice moves its bounds, what lies behind does not.
  @Test(arguments: [9, 17]) func slicesFollow(opset: Int) throws {
    var random = SplitMix(seed: 3)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([10, 3, 1, 1]), "b.weight": random.normal([2, 4, 1, 1]),
      "start": Tensor([3] as [Int64]), "end": Tensor([-3] as [Int64]), "axis": Tensor([1] as [Int64]),
    ]
    for channel in [0, 1, 4, 8] {
      var weights = try #require(builder.constants["a.weight"]).floats
      for index in 0..<3 { weights[channel * 3 + index] = 0 }
      builder.constants["a.weight"] = Tensor(weights, shape: [10, 3, 1, 1])
    }
    builder.add("Conv", ["x", "a.weight"], "a")
    if opset >= 10 {
      builder.add("Slice", ["a", "start", "end", "axis"], "part")
    } else {
      builder.add(
        "Slice", ["a"], "part", ["starts": .ints([3]), "ends": .ints([-3]), "axes": .ints([1])])
    }
    builder.add("Conv", ["part", "b.weight"], "b")
    builder.add("GlobalAveragePool", ["b"], "y")
    let model = try builder.model("slice", input: [3, 2, 2], opset: opset)
    let rule = PruningRule(layers: ["a"], unit: .channel(axis: 0, remove: true), amount: .count(4))
    let removed = try Compressor(model).apply(Recipe(pruning: [rule])).graph
    #expect(removed.constants["a.weight"]?.shape == [6, 3, 1, 1])
    #expect(removed.constants["b.weight"]?.shape == [2, 3, 1, 1])
    let x = random.normal([2, 3, 2, 2])
    let (a, b) = (
      try #require(try ReferenceEvaluator(model.graph).run(["x": x])["y"]).floats,
      try #require(try ReferenceEvaluator(removed).run(["x": x])["y"]).floats
    )
    #expect(a == b)
  }
}
