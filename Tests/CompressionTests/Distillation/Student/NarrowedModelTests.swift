import Compression
import Engine
import Graph
import Tensor
import Testing

@Suite struct NarrowedModelTests {
  private func outputs(_ graph: Graph, _ x: Tensor) throws -> [Float] {
    let outputs = try ReferenceEvaluator(graph).run([graph.inputs[0].name: x])
    return try #require(outputs[graph.outputs[0].name]).floats
  }

  /// Row by row of a weight whose first axis is that of its outputs.
  private func rows(_ tensor: Tensor) -> [[Float]] {
    let size = tensor.count / tensor.shape[0]
    return (0..<tensor.shape[0]).map { Array(tensor.floats[$0 * size..<($0 + 1) * size]) }
  }

  @Test func keepsTheTeachersMostImportantChannels() throws {
    let model = try Fixtures.narrowLenet()
    let narrow = try Compressor(model).narrowed(to: 0.5)
    let constants = narrow.graph.constants
    #expect(constants["conv1.weight"]?.shape == [2, 1, 5, 5])
    #expect(constants["conv2.weight"]?.shape == [4, 2, 5, 5])
    #expect(constants["fc1.weight"]?.shape == [16, 64])
    #expect(constants["fc2.weight"]?.shape == [10, 16])
    #expect(constants["fc2.bias"]?.bytes == model.graph.constants["fc2.bias"]?.bytes)
    // The first layer's inputs are all there: its rows are the teacher's, in order.
    let all = rows(try #require(model.graph.constants["conv1.weight"]))
    let norms = all.map { $0.reduce(0) { $0 + abs($1) } }
    let best = Set(norms.indices.sorted { norms[$0] > norms[$1] }.prefix(2))
    let kept = rows(try #require(constants["conv1.weight"]))
    #expect(kept == all.indices.filter(best.contains).map { all[$0] })
  }

  @Test func isTheRemovalOfTheSameChannels() throws {
    let compressor = Compressor(try Fixtures.mobile())
    let narrow = try compressor.narrowed(to: 0.5)
    #expect(narrow.graph.constants["stem.weight"]?.shape == [4, 3, 3, 3])
    #expect(narrow.graph.constants["dw.weight"]?.shape == [4, 1, 3, 3])
    #expect(narrow.graph.constants["pw.weight"]?.shape == [6, 4, 1, 1])
    #expect(narrow.graph.constants["fc.weight"]?.shape == [6 * 16, 5])
    let rule = PruningRule(
      layers: ["stem", "pw"], unit: .channel(remove: true), norm: 1, amount: .fraction(0.5))
    let removed = try compressor.apply(Recipe(pruning: [rule]))
    #expect(removed.graph.contentHash == narrow.graph.contentHash)
  }

  @Test func silentChannelsAreTheOnesThatGo() throws {
    // A model whose weak half is zero gives what it gave.
    var model = try Fixtures.mobile(biases: false)
    let silenced = try Compressor(model).apply(
      Recipe(pruning: [
        PruningRule(layers: ["pw"], unit: .channel(axis: 0), norm: 1, amount: .fraction(0.5))
      ]))
    var graph = silenced.graph
    for name in ["stem", "dw"] {
      let weight = try #require(graph.constants[name + ".weight"])
      let size = weight.count / 8
      var values = weight.floats
      for channel in [0, 3, 5, 6] {
        values.replaceSubrange(
          channel * size..<(channel + 1) * size, with: [Float](repeating: 0, count: size))
      }
      graph.constants[name + ".weight"] = Tensor(values, shape: weight.shape)
    }
    model = try Model(graph)
    let narrow = try Compressor(model).narrowed(to: 0.5)
    let x = SplitMix.normals(seed: 6, [2, 3, 8, 8])
    let (a, b) = (try outputs(graph, x), try outputs(narrow.graph, x))
    #expect(a.count == b.count)
    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    #expect(narrow.graph.constants["pw.weight"]?.shape == [6, 4, 1, 1])
  }

  @Test func whatMeetsInASumGoesTogether() throws {
    let narrow = try Compressor(try Fixtures.residual()).narrowed(to: 0.5)
    #expect(narrow.graph.constants["a.weight"]?.shape == [2, 3, 3, 3])
    #expect(narrow.graph.constants["b.weight"]?.shape == [2, 2, 3, 3])
    // Its channels are the output.
    #expect(narrow.graph.constants["c.weight"]?.shape == [6, 2, 1, 1])
  }

  @Test func headsGoAsAWhole() throws {
    let narrow = try Compressor(try Fixtures.transformer(isCausal: true)).narrowed(to: 0.67)
    #expect(narrow.graph.constants["q.weight"]?.shape == [12, 8])
    #expect(narrow.graph.constants["out.weight"]?.shape == [8, 12])
    #expect(narrow.graph.constants["up.weight"]?.shape == [12, 13])
    #expect(try outputs(narrow.graph, SplitMix.normals(seed: 7, [2, 5, 12])).count == 120)
  }

  @Test func recurrentLayersStayWhereTheyCannotGo() throws {
    let model = try Fixtures.recurrent()
    let narrow = try Compressor(model).narrowed(to: 0.5)
    #expect(narrow.graph.constants["in.weight"]?.shape == [6, 4])
    #expect(narrow.graph.constants["onnx::LSTM_1"]?.shape == [2, 16, 4])
    #expect(narrow.graph.constants["out.weight"]?.shape == [5, 4])
    #expect(try outputs(narrow.graph, SplitMix.normals(seed: 8, [2, 4, 6])).count == 10)
  }

  @Test func oneChannelStays() throws {
    let narrow = try Compressor(try Fixtures.narrowLenet()).narrowed(to: 0.01)
    #expect(narrow.graph.constants["conv1.weight"]?.shape == [1, 1, 5, 5])
    #expect(narrow.graph.constants["fc1.weight"]?.shape == [1, 16])
    #expect(narrow.graph.constants["fc2.weight"]?.shape == [10, 1])
  }

  @Test func allOfItIsTheSame() throws {
    let model = try Fixtures.narrowLenet()
    #expect(try Compressor(model).narrowed(to: 1).contentHash == model.contentHash)
  }

  @Test func saysWhereNothingCanGo() throws {
    let model = try Fixtures.layers([("fc", SplitMix.normals(seed: 9, [4, 6]))])
    let error = try #require(throws: RecipeError.self) { try Compressor(model).narrowed(to: 0.5) }
    #expect(
      error.description
        == "distillation.width: no channels of the model can be taken out; of layer 'fc' its channels reach the "
        + "model's output 'fc.y'")
  }
}

extension SplitMix {
  fileprivate static func normals(seed: UInt64, _ shape: Shape) -> Tensor {
    var random = SplitMix(seed: seed)
    return random.normal(shape)
  }
}
