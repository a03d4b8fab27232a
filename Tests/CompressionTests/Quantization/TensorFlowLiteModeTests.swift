import Compression
import Graph
import Tensor
import Testing

/// Against TensorFlow Lite's rules as NumPy computes them; `make_tflite.py` has the formulas.
@Suite struct TensorFlowLiteModeTests {
  struct Input: Decodable {
    var weight: Vectors.Array
    var bias: Vectors.Array
    var data: Vectors.Array
    var channel: Bool
  }

  struct Expected: Decodable {
    var inputScale: [UInt32]
    var inputZeroPoint: Int
    var scale: [UInt32]
    var quantized: [Int]
    var biasScale: [UInt32]
    var bias: [Int]
  }

  @Test func layersAreTensorFlowLites() throws {
    for example in try Vectors.read("tflite", Input.self, Expected.self) {
      let input = example.input
      var graph = try Fixtures.layers([("w", input.weight.tensor)]).graph
      graph.constants["w.bias"] = input.bias.tensor
      graph.nodes[0].inputs.append("w.bias")
      let recipe = Recipe(
        weights: [WeightRule(layers: ["*"], bits: 8, granularity: input.channel ? .channel : .tensor)],
        activations: [ActivationRule(layers: ["*"], bits: 8)], mode: .tflite)
      let result = try Compressor(try Model(graph)).apply(
        recipe, calibration: CalibrationData(inputs: ["w.x": input.data.tensor]))
      let found = QuantizedTensor.all(in: result.graph)
      let expected = example.expected
      #expect(found["w.x"]?.scales.map(\.bitPattern) == expected.inputScale, "\(example.name)")
      #expect(found["w.x"]?.zeroPoints == [expected.inputZeroPoint], "\(example.name)")
      #expect(found["w.weight"]?.scales.map(\.bitPattern) == expected.scale, "\(example.name)")
      #expect(found["w.weight"]?.integers == expected.quantized, "\(example.name)")
      #expect(found["w.bias"]?.scales.map(\.bitPattern) == expected.biasScale, "\(example.name)")
      #expect(found["w.bias"]?.integers == expected.bias, "\(example.name)")
      #expect(found["w.bias"]?.dtype == .int32)
    }
  }

  /// Normalization and clamp are part of the convolution before them; pooling and reshaping keep the scale; a softmax has
  /// one of its own.
  @Test func allTensorsBetweenOperatorsHavePairs() throws {
    var graph = try Fixtures.mobile().graph
    graph.nodes.append(Node(name: "softmax", type: "Softmax", inputs: ["y"], outputs: ["p"]))
    graph.outputs = [ValueInfo(name: "p", dtype: .float32, dims: nil)]
    var random = SplitMix(seed: 32)
    let recipe = Recipe(
      weights: [WeightRule(layers: ["*"], bits: 8, granularity: .channel)],
      activations: [ActivationRule(layers: ["*"], bits: 8)], mode: .tflite)
    let result = try Compressor(try Model(graph)).apply(
      recipe, calibration: CalibrationData(inputs: ["x": random.normal([8, 3, 8, 8])]))
    let found = QuantizedTensor.all(in: result.graph)
    #expect(
      Set(found.keys) == [
        "x", "relu1", "dw", "relu2", "pool", "flat", "y", "p", "stem.weight", "dw.weight", "dw.bias",
        "pw.weight",
        "fc.weight",
      ])
    #expect(found["flat"]?.scales == found["relu2"]?.scales)
    #expect(found["p"]?.scales == [1 / 256] && found["p"]?.zeroPoints == [-128])
  }
}
