import Compression
import Engine
import Graph
import Tensor
import Testing

@Suite struct ChannelRemovalTests {
  private func outputs(_ graph: Graph, _ name: String, _ x: Tensor) throws -> [Float] {
    let outputs = try ReferenceEvaluator(graph).run([graph.inputs[0].name: x])
    return try #require(outputs[name]).floats
  }

  private func rule(_ layer: String, _ amount: Double, remove: Bool) -> PruningRule {
    PruningRule(
      layers: [layer], unit: .channel(axis: 0, remove: remove), norm: 2, amount: .fraction(amount))
  }

  private func expectClose(_ a: [Float], _ b: [Float]) {
    #expect(a.count == b.count)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
  }

  @Test func removedIsMaskedWhereNothingIsAdded() throws {
    // Without biases a channel of zeros stays one on its whole way.
    var lenet = try Fixtures.lenet().graph
    for layer in try Fixtures.lenet().layers {
      if let bias = layer.bias, let tensor = lenet.constants[bias] {
        lenet.constants[bias] = .zeros(tensor.shape)
      }
    }
    let compressor = Compressor(try Model(lenet))
    var random = SplitMix(seed: 3)
    let x = random.normal([1, 1, 28, 28])
    let amounts = [("conv1", 0.25), ("conv2", 0.4), ("fc1", 0.6)]
    let masked = try compressor.apply(Recipe(pruning: amounts.map { rule($0.0, $0.1, remove: false) }))
    let removed = try compressor.apply(Recipe(pruning: amounts.map { rule($0.0, $0.1, remove: true) }))
    #expect(removed.graph.constants["conv1.weight"]?.shape == [15, 1, 5, 5])
    #expect(removed.graph.constants["conv2.weight"]?.shape == [30, 15, 5, 5])
    #expect(removed.graph.constants["conv2.bias"]?.shape == [30])
    #expect(removed.graph.constants["fc1.weight"]?.shape == [200, 480])
    #expect(removed.graph.constants["fc2.weight"]?.shape == [10, 200])
    expectClose(try outputs(masked.graph, "logits", x), try outputs(removed.graph, "logits", x))
    #expect(removed.layers.map(\.prunedChannels.count) == [5, 20, 300, 0])
    #expect(removed.layers.map(\.removed) == [true, true, true, false])
  }

  @Test func depthwiseAndReshapeFollow() throws {
    let model = try Fixtures.mobile(biases: false)
    let compressor = Compressor(model)
    var random = SplitMix(seed: 4)
    let x = random.normal([2, 3, 8, 8])
    let masked = try compressor.apply(
      Recipe(pruning: [rule("stem", 0.5, remove: false), rule("pw", 0.25, remove: false)]))
    let removed = try compressor.apply(
      Recipe(pruning: [rule("stem", 0.5, remove: true), rule("pw", 0.25, remove: true)]))
    #expect(removed.graph.constants["dw.weight"]?.shape == [4, 1, 3, 3])
    #expect(removed.graph.constants["bn1.var"]?.shape == [4])
    #expect(removed.graph.constants["pw.weight"]?.shape == [9, 4, 1, 1])
    #expect(removed.graph.constants["fc.weight"]?.shape == [9 * 16, 5])
    expectClose(try outputs(masked.graph, "y", x), try outputs(removed.graph, "y", x))
    // The sizes that were written down are not left behind.
    #expect(removed.graph.constants["shape"] == nil)
    let report = try compressor.estimate(removed.recipe)
    #expect(report == (try Cost.count(removed.graph)))
  }

  /// `x.view(x.size(0), -1)` and `x.view(x.size(0), 4 * 36)`, as PyTorch exports them.
  @Test(arguments: [-1, 4 * 36]) func computedShapesFollow(columns: Int) throws {
    var random = SplitMix(seed: 14)
    var builder = GraphBuilder()
    builder.constants = [
      "c.weight": random.normal([4, 3, 3, 3]), "fc.weight": random.normal([4 * 36, 5]),
      "zero": Tensor(scalar: Int64(0)), "axes": Tensor([0] as [Int64]),
      "columns": Tensor([Int64(columns)]),
    ]
    builder.add("Conv", ["x", "c.weight"], "c")
    builder.add("Relu", ["c"], "relu")
    builder.add("Shape", ["relu"], "sizes")
    builder.add("Gather", ["sizes", "zero"], "batch")
    builder.add("Unsqueeze", ["batch", "axes"], "rows")
    builder.add("Concat", ["rows", "columns"], "shape", ["axis": .int(0)])
    builder.add("Reshape", ["relu", "shape"], "flat")
    builder.add("MatMul", ["flat", "fc.weight"], "y")
    let compressor = Compressor(try builder.model("view", input: [3, 8, 8]))
    let masked = try compressor.apply(Recipe(pruning: [rule("c", 0.5, remove: false)]))
    let recipe = Recipe(pruning: [rule("c", 0.5, remove: true)])
    let removed = try compressor.apply(recipe)
    #expect(removed.graph.constants["fc.weight"]?.shape == [2 * 36, 5])
    let x = random.normal([3, 3, 8, 8])
    expectClose(try outputs(masked.graph, "y", x), try outputs(removed.graph, "y", x))
    #expect(try compressor.estimate(recipe) == (try Cost.count(removed.graph)))
  }

  @Test func whatCannotGoIsNamed() throws {
    func message(_ model: Model, _ rule: PruningRule) throws -> String {
      let recipe = Recipe(pruning: [rule])
      let compressor = Compressor(model)
      let error = #expect(throws: (any Error).self) { try compressor.apply(recipe) }
      #expect(throws: (any Error).self) { try compressor.estimate(recipe) }
      return "\(try #require(error))"
    }
    let lenet = try Fixtures.lenet()
    #expect(
      try message(lenet, rule("fc2", 0.5, remove: true))
        == "pruning[0]: layer 'fc2': channels cannot be removed: its channels reach the model's output 'logits'"
    )
    #expect(
      try message(lenet, rule("conv1", 1, remove: true))
        == "pruning[0].amount: would remove all 20 channels of layer 'conv1'; one has to stay")
    let inputAxis = PruningRule(
      layers: ["conv2"], unit: .channel(axis: 1, remove: true), amount: .fraction(0.5))
    #expect(try message(lenet, inputAxis).hasPrefix("pruning[0].axis: only output channels can be removed"))
    let noAxis = PruningRule(layers: ["conv*", "fc1"], unit: .channel(axis: 2), amount: .fraction(0.5))
    #expect(
      try message(lenet, noAxis)
        == "pruning[0].axis: must lie between -2 and 1 for layer 'fc1' (500·800), not 2")
  }
}
