import Compression
import Engine
import Graph
import Tensor
import Testing

/// Channels that can only go together. No layer here has a bias behind the channels that go, so that those that
/// are set to zero stay zero, and a removed channel is one that was zero.
@Suite struct ChannelGroupsTests {
  private func remove(
    _ layers: [String], _ amount: Double, scope: PruningRule.Scope = .layer, roundTo: Int? = nil
  ) -> PruningRule {
    PruningRule(
      layers: layers, scope: scope, unit: .channel(remove: true), norm: 2, amount: .fraction(amount),
      roundTo: roundTo)
  }

  private func run(_ graph: Graph, _ x: Tensor) throws -> [Float] {
    try #require(try ReferenceEvaluator(graph).run([graph.inputs[0].name: x])["y"]).floats
  }

  /// What the removed graph computes is what the model computes where the removed channels of each layer are zero.
  private func expectMasked(_ model: Model, _ rules: [PruningRule], input: Shape) throws -> CompressedModel {
    let compressor = Compressor(model)
    let recipe = Recipe(pruning: rules)
    let removed = try compressor.apply(recipe)
    #expect(try compressor.estimate(recipe) == (try Cost.count(removed.graph)))
    var masked = model.graph
    for (layer, report) in zip(model.layers, removed.layers) where report.removed {
      let old = try #require(masked.constants[layer.weight])
      let inner = old.shape.dims[(layer.slot.outputAxis + 1)...].reduce(1, *)
      let gone = Set(report.prunedChannels)
      masked.constants[layer.weight] = Tensor(
        old.floats.enumerated().map { index, value in
          gone.contains(index / inner % old.shape[layer.slot.outputAxis]) ? 0 : value
        }, shape: old.shape)
    }
    var random = SplitMix(seed: 77)
    let x = random.normal(input)
    let (a, b) = (try run(masked, x), try run(removed.graph, x))
    #expect(a.count == b.count)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    return removed
  }

  private func message(_ model: Model, _ rules: PruningRule...) throws -> String {
    let compressor = Compressor(model)
    let error = #expect(throws: (any Error).self) { try compressor.apply(Recipe(pruning: rules)) }
    #expect(throws: (any Error).self) { try compressor.estimate(Recipe(pruning: rules)) }
    return "\(try #require(error))"
  }

  @Test(arguments: [["a"], ["b"], ["a", "b"]]) func aSumShrinksAsOne(layers: [String]) throws {
    let removed = try expectMasked(try Fixtures.residual(), [remove(layers, 0.5)], input: [2, 3, 5, 5])
    #expect(removed.graph.constants["a.weight"]?.shape == [2, 3, 3, 3])
    #expect(removed.graph.constants["b.weight"]?.shape == [2, 2, 3, 3])
    #expect(removed.graph.constants["c.weight"]?.shape == [6, 2, 1, 1])
    #expect(removed.layers.map(\.removed) == [true, true, false])
    #expect(removed.layers[0].prunedChannels == removed.layers[1].prunedChannels)
  }

  @Test func importanceIsTheMeanOverTheGroup() throws {
    var graph = try Fixtures.residual().graph
    func rows(_ sizes: [Float], _ inner: Int) -> [Float] {
      sizes.flatMap { [Float](repeating: $0, count: inner) }
    }
    graph.constants["a.weight"] = Tensor(rows([5, 1, 2, 3], 27), shape: [4, 3, 3, 3])
    graph.constants["b.weight"] = Tensor(rows([1, 6, 1, 5], 36), shape: [4, 4, 3, 3])
    // Squares: 25·27 + 1·36, 1·27 + 36·36, 4·27 + 1·36, 9·27 + 25·36.
    let removed = try Compressor(try Model(graph)).apply(Recipe(pruning: [remove(["a"], 0.5)]))
    #expect(removed.layers[1].prunedChannels == [0, 2])
  }

  @Test func depthwiseGoesWithWhatFeedsIt() throws {
    let removed = try expectMasked(
      try Fixtures.mobile(biases: false), [remove(["dw"], 0.5)], input: [2, 3, 8, 8])
    #expect(removed.graph.constants["stem.weight"]?.shape == [4, 3, 3, 3])
    #expect(removed.graph.constants["dw.weight"]?.shape == [4, 1, 3, 3])
    #expect(removed.graph.constants["pw.weight"]?.shape == [12, 4, 1, 1])
  }

  @Test func aConcatInASumIsOneGroup() throws {
    let model = try Fixtures.concatenated()
    let removed = try expectMasked(model, [remove(["b"], 0.4)], input: [2, 3, 4, 4])
    #expect(removed.graph.constants["c.weight"]?.shape == [6, 3, 1, 1])
    let parts = removed.layers.map(\.prunedChannels)
    #expect(parts[2] == parts[0] + parts[1].map { $0 + 4 })
    let coupling = Compressor(model).coupling(ofLayer: 0)
    #expect(coupling.layers == ["b", "c"] && coupling.channels == 10 && coupling.readers == ["d"])
  }

  /// Dense connections: a layer's channels reappear at an offset in every later concatenation.
  @Test func concatenationsOfConcatenations() throws {
    var random = SplitMix(seed: 6)
    var builder = GraphBuilder()
    builder.constants = ["a.weight": random.normal([4, 3, 1, 1])]
    builder.add("Conv", ["x", "a.weight"], "a")
    var (last, width) = ("a", 4)
    for name in ["b", "c", "d"] {
      builder.constants[name + ".weight"] = random.normal([4, width, 1, 1])
      builder.add("Conv", [last, name + ".weight"], name)
      builder.add("Concat", [last, name], name + ".all", ["axis": .int(1)])
      (last, width) = (name + ".all", width + 4)
    }
    builder.constants["e.weight"] = random.normal([5, width, 1, 1])
    builder.add("Conv", [last, "e.weight"], "e")
    builder.add("GlobalAveragePool", ["e"], "y")
    let model = try builder.model("dense", input: [3, 4, 4])
    let removed = try expectMasked(
      model, [remove(["a", "c"], 0.5), remove(["b", "d"], 0.25)], input: [2, 3, 4, 4])
    #expect(removed.graph.constants["d.weight"]?.shape == [3, 7, 1, 1])
    #expect(removed.graph.constants["e.weight"]?.shape == [5, 10, 1, 1])
  }

  /// The same number goes from each group of a grouped convolution, in and out.
  @Test func groupsStayOfEqualSize() throws {
    var random = SplitMix(seed: 7)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([8, 3, 1, 1]), "g.weight": random.normal([12, 4, 3, 3]),
      "c.weight": random.normal([5, 12, 1, 1]),
    ]
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Conv", ["a", "g.weight"], "g", ["group": .int(2)])
    builder.add("Conv", ["g", "c.weight"], "c")
    builder.add("GlobalAveragePool", ["c"], "y")
    let model = try builder.model("grouped", input: [3, 6, 6])
    let removed = try expectMasked(model, [remove(["a"], 0.25), remove(["g"], 0.5)], input: [2, 3, 6, 6])
    #expect(removed.graph.constants["a.weight"]?.shape == [6, 3, 1, 1])
    #expect(removed.graph.constants["g.weight"]?.shape == [6, 3, 3, 3])
    #expect(removed.graph.constants["c.weight"]?.shape == [5, 6, 1, 1])
    #expect(Compressor(model).coupling(ofLayer: 1).channels == 6)
  }

  /// Each channel makes two.
  @Test func depthMultiplierGoesWithItsChannel() throws {
    var random = SplitMix(seed: 8)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([4, 3, 1, 1]), "m.weight": random.normal([8, 1, 3, 3]),
      "c.weight": random.normal([5, 8, 1, 1]),
    ]
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Conv", ["a", "m.weight"], "m", ["group": .int(4)])
    builder.add("Conv", ["m", "c.weight"], "c")
    builder.add("GlobalAveragePool", ["c"], "y")
    let removed = try expectMasked(
      try builder.model("multiplier", input: [3, 6, 6]), [remove(["m"], 0.5)], input: [2, 3, 6, 6])
    #expect(removed.graph.constants["a.weight"]?.shape == [2, 3, 1, 1])
    #expect(removed.graph.constants["m.weight"]?.shape == [4, 1, 3, 3])
    #expect(removed.graph.constants["c.weight"]?.shape == [5, 4, 1, 1])
  }

  /// A dense layer whose outputs become channels and rows: whole channels go.
  @Test func whatIsSplitGoesWhole() throws {
    let model = try Fixtures.split()
    let removed = try expectMasked(model, [remove(["fc"], 0.5)], input: [2, 5])
    #expect(removed.graph.constants["fc.weight"]?.shape == [5, 18])
    #expect(removed.graph.constants["c.weight"]?.shape == [6, 2, 1, 1])
  }

  /// Queries, keys and values are split into heads: whole heads go, from all three.
  @Test func attentionHeadsGoWhole() throws {
    var random = SplitMix(seed: 11)
    var builder = GraphBuilder()
    let (tokens, width, heads, size) = (5, 12, 3, 4)
    builder.constants = [
      "heads": Tensor([0, tokens, heads, size].map { Int64($0) }),
      "merged": Tensor([0, 0, width].map { Int64($0) }), "root": Tensor(scalar: Float(2)),
    ]
    for name in ["q", "k", "v", "out"] {
      builder.constants[name + ".weight"] = random.normal([width, width])
    }
    for name in ["q", "k", "v"] {
      builder.add("MatMul", ["x", name + ".weight"], name)
      builder.add("Reshape", [name, "heads"], name + ".split")
      let order = name == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3]
      builder.add("Transpose", [name + ".split"], name + ".heads", ["perm": .ints(order)])
    }
    builder.add("MatMul", ["q.heads", "k.heads"], "scores")
    builder.add("Div", ["scores", "root"], "scaled")
    builder.add("Softmax", ["scaled"], "shares", ["axis": .int(-1)])
    builder.add("MatMul", ["shares", "v.heads"], "mixed")
    builder.add("Transpose", ["mixed"], "back", ["perm": .ints([0, 2, 1, 3])])
    builder.add("Reshape", ["back", "merged"], "flat")
    builder.add("MatMul", ["flat", "out.weight"], "projected")
    builder.add("Add", ["projected", "x"], "y")
    let model = try builder.model("attention", input: [tokens, width])
    let removed = try expectMasked(model, [remove(["q"], 0.34)], input: [2, tokens, width])
    for name in ["q", "k", "v"] {
      #expect(removed.graph.constants[name + ".weight"]?.shape == [width, width - size])
    }
    #expect(removed.graph.constants["out.weight"]?.shape == [width - size, width])
    let coupling = Compressor(model).coupling(ofLayer: 1)
    #expect(coupling.layers == ["q", "v"] && coupling.channels == heads && coupling.readers == ["out"])
    #expect(
      try message(model, remove(["out"], 0.5))
        == "pruning[0]: layer 'out': channels cannot be removed: its channels reach the model's input 'x'")
  }

  @Test func globalRemovalRanksGroups() throws {
    let removed = try expectMasked(
      try Fixtures.mobile(biases: false), [remove(["stem", "pw", "dw"], 0.5, scope: .global)],
      input: [2, 3, 8, 8])
    #expect(removed.layers[0].prunedChannels == removed.layers[1].prunedChannels)
    #expect(removed.layers[0].prunedChannels.count + removed.layers[2].prunedChannels.count == 10)
  }

  @Test(arguments: [(0.1, 8, 8), (0.4, 4, 4), (0.3, 4, 8), (0.9, 4, 4), (0.5, 32, 12), (1, 4, 4), (0, 8, 12)])
  func keptChannelsAreAMultiple(amount: Double, multiple: Int, kept: Int) throws {
    let compressor = Compressor(try Fixtures.mobile())
    let recipe = Recipe(pruning: [remove(["pw"], amount, roundTo: multiple)])
    let removed = try compressor.apply(recipe)
    #expect(removed.graph.constants["pw.weight"]?.shape == [kept, 8, 1, 1])
    #expect(try compressor.estimate(recipe) == (try Cost.count(removed.graph)))
    #expect(try Recipe(json: recipe.json()) == recipe)
  }

  @Test func roundToBelongsToRemoval() throws {
    func message(_ fields: String) -> String {
      let json = #"{"pare": 1, "pruning": [{"layers": ["*"], "amount": 0.5, \#(fields)}]}"#
      return (#expect(throws: RecipeError.self) { try Recipe(json: json) }).map { "\($0)" } ?? ""
    }
    let alone = "pruning[0].round_to: has a meaning only where channels or heads are removed"
    #expect(message(#""round_to": 8"#) == alone)
    #expect(message(#""unit": "channel", "round_to": 8"#) == alone)
    #expect(
      message(#""unit": "channel", "remove": true, "round_to": 0"#)
        == "pruning[0].round_to: must be at least 1, not 0")
  }

  @Test func rulesForOneGroupMustAgree() throws {
    let residual = try Fixtures.residual()
    #expect(
      try message(residual, remove(["a"], 0.5), remove(["b"], 0.25))
        == "pruning[1]: wants something else of layer 'b' than pruning[0] wants of layer 'a', but their channels "
        + "go together")
    let agreed = try Compressor(residual).apply(
      Recipe(pruning: [remove(["a"], 0.5), remove(["b"], 0.5)]))
    #expect(agreed.graph.constants["c.weight"]?.shape == [6, 2, 1, 1])
    // What asks for nothing does not stand in the way.
    let quiet = try Compressor(residual).apply(Recipe(pruning: [remove(["a"], 0.5), remove(["b"], 0)]))
    #expect(quiet.graph.contentHash == agreed.graph.contentHash)
  }

  @Test func whatStandsInTheWayIsNamed() throws {
    var random = SplitMix(seed: 10)
    var builder = GraphBuilder()
    builder.constants = ["a.weight": random.normal([4, 3, 1, 1]), "b.weight": random.normal([3, 4, 1, 1])]
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Softmax", ["a"], "soft", ["axis": .int(1)])
    builder.add("Conv", ["soft", "b.weight"], "b")
    builder.add("Add", ["b", "x"], "y")
    let model = try builder.model("barred", input: [3, 4, 4])
    #expect(
      try message(model, remove(["a"], 0.5))
        == "pruning[0]: layer 'a': channels cannot be removed: its channels reach Softmax node '/soft/Softmax', which mixes "
        + "them and needs all of them")
    #expect(
      try message(model, remove(["b"], 0.5))
        == "pruning[0]: layer 'b': channels cannot be removed: its channels reach the model's input 'x'")
    #expect(
      Compressor(model).coupling(ofLayer: 1).obstacle == "its channels reach the model's input 'x'")
    #expect(
      try message(try Fixtures.residual(), remove(["b"], 1))
        == "pruning[0].amount: would remove all 4 channels of layer 'a'; one has to stay")
  }

  @Test func couplingTellsWhatShrinks() throws {
    let compressor = Compressor(try Fixtures.mobile())
    let stem = compressor.coupling(ofLayer: 0)
    #expect(stem.layers == ["dw"] && stem.nodes == ["bn1"] && stem.readers == ["pw"])
    #expect(stem.channels == 8 && stem.obstacle == nil)
    #expect(compressor.coupling(ofLayer: 3).obstacle == "its channels reach the model's output 'y'")
  }
}
