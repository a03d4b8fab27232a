import Compression
import Engine
import Graph
import Tensor
import Testing

/// Heads of attention, zeroed and taken out, in a block as BERT has it and one as GPT has it. All dense layers have
/// biases, which a head that is set to zero must not be heard by.
@Suite struct AttentionHeadTests {
  private func rule(
    _ layers: [String], _ amount: Amount, remove: Bool = false, norm: Int = 2, criterion: String? = nil
  ) -> PruningRule {
    PruningRule(
      layers: layers, unit: .head(remove: remove), norm: norm, criterion: criterion, amount: amount)
  }

  private func run(_ graph: Graph) throws -> [Float] {
    var random = SplitMix(seed: 78)
    let x = random.normal([2, 5, 12])
    return try #require(try ReferenceEvaluator(graph).run(["x": x])["y"]).floats
  }

  private func message(_ model: Model, _ rules: PruningRule...) throws -> String {
    let compressor = Compressor(model)
    let error = #expect(throws: (any Error).self) { try compressor.apply(Recipe(pruning: rules)) }
    #expect(throws: (any Error).self) { try compressor.estimate(Recipe(pruning: rules)) }
    return "\(try #require(error))"
  }

  /// Of all of the attention's layers, whichever is named; and what is taken out was silent before.
  @Test(arguments: [false, true], ["q", "k", "v"]) func silentHeadsAreRemovedOnes(
    isCausal: Bool, layer: String
  )
    throws
  {
    let model = try Fixtures.transformer(isCausal: isCausal)
    let compressor = Compressor(model)
    let (zeroing, removing) = (
      Recipe(pruning: [rule([layer], .count(2))]), Recipe(pruning: [rule([layer], .count(2), remove: true)])
    )
    let zeroed = try compressor.apply(zeroing)
    let removed = try compressor.apply(removing)
    #expect(try compressor.estimate(zeroing) == (try Cost.count(zeroed.graph)))
    #expect(try compressor.estimate(removing) == (try Cost.count(removed.graph)))
    #expect(zeroed.graph.constants["q.weight"]?.shape == [12, 12])
    let (a, b) = (try run(zeroed.graph), try run(removed.graph))
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    #expect(try run(model.graph) != a)
    for name in ["q", "k", "v"] {
      let weight = try #require(zeroed.graph.constants[name + ".weight"])
      #expect(weight.floats.count { $0 == 0 } == 12 * 8)
      #expect(removed.graph.constants[name + ".weight"]?.shape == [12, 4])
      #expect(zeroed.graph.constants[name + ".bias"]?.bytes == model.graph.constants[name + ".bias"]?.bytes)
    }
    #expect(zeroed.graph.constants["out.weight"]?.floats.count { $0 == 0 } == 12 * 8)
    #expect(removed.graph.constants["out.weight"]?.shape == [4, 12])
    #expect(zeroed.layers.prefix(3).map(\.pruned) == [96, 96, 96])
    #expect(zeroed.layers.map(\.removed) == [Bool](repeating: false, count: 6))
    #expect(removed.layers.map(\.removed) == [true, true, true, false, false, false])
    #expect(zeroed.layers[0].prunedChannels == removed.layers[2].prunedChannels)
  }

  /// By the mean over queries, keys and values.
  @Test func theWeakestHeadsGo() throws {
    var graph = try Fixtures.transformer(isCausal: false).graph
    func columns(_ sizes: [Float]) -> Tensor {
      Tensor((0..<144).map { sizes[$0 % 12 / 4] }, shape: [12, 12])
    }
    // Sums of magnitudes go as 9 to 8 to 10, of squares as 41 to 26 to 34.
    graph.constants["q.weight"] = columns([1, 3, 3])
    graph.constants["k.weight"] = columns([6, 4, 3])
    graph.constants["v.weight"] = columns([2, 1, 4])
    for (norm, weakest) in [(1, 1), (2, 1)] {
      let result = try Compressor(try Model(graph)).apply(
        Recipe(pruning: [rule(["v"], .fraction(0.34), norm: norm)]))
      #expect(result.layers[0].prunedChannels == (weakest * 4..<weakest * 4 + 4).map { $0 })
    }
    let low = Recipe(pruning: [rule(["q"], .threshold(33), norm: 1)])
    #expect(try Compressor(try Model(graph)).apply(low).layers[1].pruned == 48)
  }

  /// A rule of its own for another layer of the attention, and for what reads the heads, comes on top.
  @Test func otherRulesComeOnTop() throws {
    let compressor = Compressor(try Fixtures.transformer(isCausal: true))
    var recipe = Recipe(
      pruning: [
        PruningRule(layers: ["v", "out"], amount: .fraction(0.5)), rule(["q"], .count(1)),
        PruningRule(layers: ["up"], unit: .channel(remove: true), amount: .fraction(0.5)),
      ], weights: [WeightRule(layers: ["*"], bits: 8)])
    let graph = try compressor.apply(recipe).graph
    #expect(try compressor.estimate(recipe) == (try Cost.count(graph)))
    recipe.weights = []
    let result = try compressor.apply(recipe)
    let zeros = ["q", "k", "v", "out"].map { name in
      result.graph.constants[name + ".weight"]?.floats.count { $0 == 0 } ?? 0
    }
    #expect(zeros[0] == 48 && zeros[1] == 48 && zeros[2] > 72 && zeros[3] > 72)
    #expect(result.layers.map(\.pruned) == [48, 48, 72, 72, 120, 0])
    #expect(result.graph.constants["up.weight"]?.shape == [12, 10])
  }

  @Test func criteriaForChannelsRankHeads() throws {
    #expect(PruningCriteria.names(for: .head()) == PruningCriteria.names(for: .channel()))
    let compressor = Compressor(try Fixtures.transformer(isCausal: false))
    for name in ["random", "fpgm"] {
      let recipe = Recipe(pruning: [rule(["q"], .count(1), criterion: name)])
      #expect(try compressor.apply(recipe).layers[2].pruned == 48)
    }
  }

  @Test func whatHasNoHeadsIsNamed() throws {
    let model = try Fixtures.transformer(isCausal: false)
    let reason =
      "has no heads: its outputs are not split into parts that an attention multiplies one by one; "
    #expect(
      try message(model, rule(["q", "out"], .count(1)))
        == "pruning[0].unit: layer 'out' \(reason)those with heads are q, k, v")
    #expect(
      try message(try Fixtures.lenet(), rule(["fc1"], .fraction(0.5)))
        == "pruning[0].unit: layer 'fc1' \(reason)no layer of the model has")
    #expect(
      try message(try Fixtures.mobile(), rule(["stem"], .fraction(0.5), remove: true))
        == "pruning[0].unit: layer 'stem' \(reason)no layer of the model has")
    #expect(
      try message(model, rule(["k"], .count(4)))
        == "pruning[0].amount: 4 is more than the 3 heads of layer 'k'")
    #expect(
      try message(model, rule(["k"], .count(3), remove: true))
        == "pruning[0].amount: would remove all 3 heads of layer 'q'; one has to stay")
    #expect(
      try message(model, rule(["q"], .count(1)), rule(["v"], .count(2)))
        == "pruning[1]: wants something else of layer 'v' than pruning[0] wants of layer 'q', but their channels "
        + "go together")
    #expect(try Compressor(model).apply(Recipe(pruning: [rule(["v"], .count(3))])).layers[0].pruned == 144)
  }

  /// Parts that no product keeps apart are no heads, even where a Reshape makes them.
  @Test func channelsAreNoHeads() throws {
    let model = try Fixtures.split()
    #expect(try message(model, rule(["fc"], .count(1))).hasPrefix("pruning[0].unit: layer 'fc' has no heads"))
    let attention = Compressor(try Fixtures.transformer(isCausal: true))
    #expect(
      attention.model.layers.indices.map { attention.coupling(ofLayer: $0).hasHeads }
        == [true, true, true, false, false, false])
    #expect(attention.coupling(ofLayer: 0).channels == 3)
  }

  @Test func recipesNameHeads() throws {
    func read(_ fields: String) throws -> PruningRule {
      let recipe = try Recipe(json: #"{"pare":1,"pruning":[{"layers":["q"],"amount":2,\#(fields)}]}"#)
      #expect(try Recipe(json: recipe.json()) == recipe)
      return recipe.pruning[0]
    }
    #expect(try read(#""unit":"head""#) == rule(["q"], .count(2), norm: 1))
    #expect(
      try read(#""unit":"head","remove":true,"criterion":"l2""#) == rule(["q"], .count(2), remove: true))
    #expect(try read(#""unit":"head","remove":true,"round_to":2"#).roundTo == 2)
    let json = Recipe(pruning: [rule(["q"], .fraction(0.5))]).json(pretty: false)
    #expect(
      json
        == #"{"pare":1,"pruning":[{"amount":0.5,"layers":["q"],"norm":2,"scope":"layer","unit":"head"}]}"#)
    for (fields, text) in [
      (#""axis":0"#, "pruning[0].axis: only channels have an axis"),
      (#""round_to":2"#, "pruning[0].round_to: has a meaning only where channels or heads are removed"),
      (#""criterion":"lamp""#, "pruning[0].criterion: 'lamp' ranks single weights only"),
      (#""block":[1,2]"#, #"pruning[0].block: is for the unit "block" only"#),
    ] {
      let error = #expect(throws: RecipeError.self) { try read(#""unit":"head","# + fields) }
      #expect(error.map { "\($0)" } == text)
    }
  }
}
