import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

@Suite struct BlockQuantizationTests {
  private func recipe(_ scheme: WeightScheme, linear: LinearOptions = .standard) -> Recipe {
    Recipe(
      pruning: [PruningRule(layers: ["*"], amount: .fraction(0.3))],
      weights: [WeightRule(layers: ["*"], bits: 4, scheme: scheme, granularity: .block(32), linear: linear)])
  }

  /// In operator sets without blocks the same numbers come out, cost the same, and are found in the file again.
  @Test(arguments: [WeightScheme.symmetric, .affine], [true, false])
  func oldOperatorSetsComputeTheSame(scheme: WeightScheme, isSigned: Bool) throws {
    let recipe = recipe(scheme, linear: LinearOptions(isSigned: isSigned))
    var random = SplitMix(seed: 5)
    let x = random.normal([2, 32, 4, 4])
    var results: [[Float]] = []
    var costs: [CostReport] = []
    var sizes: [EncodedSizes] = []
    for opset in [11, 13, 20, 21] {
      let compressor = Compressor(try Fixtures.wide(opset: opset))
      let result = try compressor.apply(recipe)
      #expect(result.graph.nodes.contains { $0.type == "DequantizeLinear" } == (opset >= 21))
      results.append(try #require(try ReferenceEvaluator(result.graph).run(["x": x])["y"]).floats)
      let path = FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString).onnx")
        .path()
      defer { try? FileManager.default.removeItem(atPath: path) }
      try ONNXWriter.write(result.graph, to: path)
      let model = try Model(ONNXReader.read(path: path))
      #expect(model.layers.map(\.slot) == compressor.model.layers.map(\.slot))
      costs.append(Cost.count(model))
      sizes.append(try Cost.sizes(model))
      #expect(try compressor.estimate(recipe) == costs.last)
    }
    #expect(Set(results).count == 1)
    #expect(Set(costs).count == 1)
    #expect(Set(sizes.map(\.sparse)).count == 1)
    #expect(costs[0].layers.map(\.name) == ["conv2", "fc1", "fc2"])
    #expect(costs[0].layers.map(\.weightBits) == [4, 4, 4])
    let scale = scheme == .affine || !isSigned ? 5 : 4
    let blocks = [64 * 9, 2 * 96, 10 * 3]
    let weights = [64 * 32 * 9, 64 * 96, 10 * 96]
    #expect(costs[0].layers.map(\.sizeBytes) == zip(weights, blocks).map { $0 / 2 + $1 * scale })
  }

  /// Against the definition, a block at a time.
  @Test func everyBlockHasTheScaleOfItsOwnRange() throws {
    let model = try Fixtures.wide(opset: 21)
    let recipe = Recipe(weights: [WeightRule(layers: ["fc1"], bits: 8, granularity: .block(32))])
    let graph = try Compressor(model).apply(recipe).graph
    let node = try #require(graph.nodes.first { $0.type == "DequantizeLinear" })
    guard case .int(0)? = node.attributes["axis"], case .int(32)? = node.attributes["block_size"] else {
      Issue.record("\(node.attributes)")
      return
    }
    let weight = try #require(model.graph.constants["fc1.weight"]).floats
    let integers = try #require(graph.constants["fc1.weight"]?.integers)
    let scales = try #require(graph.constants[node.inputs[1]])
    #expect(scales.shape == [2, 96])
    for block in 0..<2 {
      for column in 0..<96 {
        let places = (block * 32..<(block + 1) * 32).map { $0 * 96 + column }
        let greatest = places.map { abs(weight[$0]) }.max() ?? 0
        let scale = Float(2 * Double(greatest) / 254)
        #expect(scales.floats[block * 96 + column] == scale)
        #expect(
          places.map { integers[$0] } == places.map { Int((weight[$0] / scale).rounded(.toNearestOrEven)) })
      }
    }
  }

  @Test func inputsThatAreNoWholeBlocksAreNamed() throws {
    let compressor = Compressor(try Fixtures.wide())
    func message(_ recipe: Recipe) throws -> String {
      let error = #expect(throws: RecipeError.self) { try compressor.estimate(recipe) }
      return "\(try #require(error))"
    }
    let rules = [
      WeightRule(layers: ["*"], bits: 8), WeightRule(layers: ["fc*"], bits: 4, granularity: .block(64)),
    ]
    #expect(
      try message(Recipe(weights: rules))
        == "quantization.weights[1].block: 64 does not divide the 96 inputs of layer 'fc2' (10·96)")
    let removal = PruningRule(layers: ["conv2"], unit: .channel(remove: true), norm: 2, amount: .count(7))
    let text = try message(
      Recipe(pruning: [removal], weights: [WeightRule(layers: ["fc1"], bits: 4, granularity: .block(32))]))
    #expect(text.contains("32 does not divide the 57 inputs left of layer 'fc1'"))
  }
}
