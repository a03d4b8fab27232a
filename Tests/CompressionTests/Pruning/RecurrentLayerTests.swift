import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// Nodes with two weights: each is a layer of its own.
@Suite struct RecurrentLayerTests {
  private let lstm = ["lstm.input", "lstm.recurrent"]
  private let gru = ["gru.input", "gru.recurrent"]

  @Test func bothWeightsAreLayers() throws {
    let model = try Fixtures.recurrent()
    #expect(model.layers.map(\.name) == ["in"] + lstm + gru + ["out"])
    // Four steps: every element of a weight is used in each.
    #expect(model.layers.map(\.macs) == [192, 4 * 256, 4 * 128, 4 * 96, 4 * 48, 20])
    #expect(model.layers.map(\.parameters) == [48, 256 + 64, 128, 96, 48, 25])
    let cost = Cost.count(model)
    #expect(cost.layers.map(\.macs) == model.layers.map { $0.macs ?? 0 })
    #expect(cost.macs == cost.layers.reduce(0) { $0 + $1.macs })
  }

  @Test(arguments: [
    PruningRule.Unit.weight, .block(rows: 2, columns: 3), .pattern(n: 1, m: 2),
  ]) func eachIsPrunedByItself(unit: PruningRule.Unit) throws {
    let model = try Fixtures.recurrent()
    let rule = PruningRule(layers: ["*.recurrent"], unit: unit, amount: .fraction(0.5))
    let result = try Compressor(model).apply(Recipe(pruning: [rule]))
    let cost = try Cost.count(result.graph)
    #expect(try Compressor(model).estimate(Recipe(pruning: [rule])) == cost)
    for layer in cost.layers {
      let isPruned = layer.name.hasSuffix("recurrent")
      #expect(isPruned == (layer.nonzeroWeights < layer.weights), "\(layer.name)")
      #expect(isPruned == (layer.effectiveMacs < layer.macs), "\(layer.name)")
    }
  }

  @Test(arguments: [Granularity.tensor, .channel]) func weightsAreQuantizedAndExported(
    granularity: Granularity
  ) throws {
    let model = try Fixtures.recurrent()
    var weights = WeightRule(layers: lstm + gru, bits: 8, scheme: .symmetric)
    weights.granularity = granularity
    let recipe = Recipe(
      pruning: [PruningRule(layers: lstm, unit: .weight, amount: .fraction(0.5))], weights: [weights])
    let compressor = Compressor(model)
    let result = try compressor.apply(recipe)
    #expect(try compressor.estimate(recipe) == Cost.count(result.graph))
    for name in ["onnx::LSTM_1", "onnx::LSTM_2", "onnx::GRU_4", "onnx::GRU_5"] {
      #expect(
        result.graph.constants[name]?.dtype == .int8
          || result.graph.constants[name + "_quantized"]?.dtype == .int8)
    }

    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).onnx").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ONNXWriter.write(result.graph, to: path)
    let exported = try ONNXReader.read(path: path)
    #expect(try Cost.count(exported) == Cost.count(result.graph))
    var random = SplitMix(seed: 3)
    let input = ["x": random.normal([3, 4, 6])]
    let wanted = try #require(try ReferenceEvaluator(model.graph).run(input)["y"]).floats
    let found = try #require(try ReferenceEvaluator(exported).run(input)["y"]).floats
    let fast = try #require(try GraphProgram(exported).run(input)["y"]).floats
    // Pruning by half changes much; the pruned weights in full are what the integers stand for.
    let pruned = try compressor.apply(Recipe(pruning: recipe.pruning)).graph
    let exact = try #require(try ReferenceEvaluator(pruned).run(input)["y"]).floats
    for index in wanted.indices {
      #expect(abs(found[index] - exact[index]) < 0.2 && abs(found[index] - fast[index]) < 1e-4)
    }
    #expect(found != exact && exact != wanted)
  }

  /// Channels go from a layer before, and shorten the weight that reads them.
  @Test func channelsBeforeGo() throws {
    let model = try Fixtures.recurrent()
    let rule = PruningRule(layers: ["in"], unit: .channel(remove: true), amount: .count(2))
    let graph = try Compressor(model).apply(Recipe(pruning: [rule])).graph
    #expect(graph.constants["onnx::LSTM_1"]?.shape == [2, 16, 6])
    var random = SplitMix(seed: 3)
    let input = ["x": random.normal([3, 4, 6])]
    #expect(try ReferenceEvaluator(graph).run(input)["y"]?.shape == [3, 5])
  }

  /// Units feed each other, and a state is no input that could be rounded or observed.
  @Test func whatCannotBeIsRefused() throws {
    let model = try Fixtures.recurrent()
    var random = SplitMix(seed: 4)
    let data = CalibrationData(inputs: ["x": random.normal([3, 4, 6])])
    let compressor = Compressor(model)
    for name in lstm + gru {
      let removal = PruningRule(layers: [name], unit: .channel(remove: true), amount: .count(1))
      #expect(throws: CompressionError.self) { try compressor.apply(Recipe(pruning: [removal])) }
      let observing = PruningRule(layers: [name], unit: .weight, criterion: "wanda", amount: .fraction(0.5))
      #expect(throws: CompressionError.self) {
        try compressor.apply(Recipe(pruning: [observing]), calibration: data)
      }
    }
    let activations = ActivationRule(layers: lstm, bits: 8, scheme: .affine, samples: 3)
    let result = try compressor.apply(Recipe(activations: [activations]), calibration: data)
    let cost = try Cost.count(result.graph)
    #expect(cost.layers.map(\.activationBits) == [32, 8, 32, 32, 32, 32])
  }
}
