import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// Floats of 8 bits: against torch, and as weights in both forms in which they are written.
@Suite struct Float8WeightTests {
  struct Numbers: Decodable {
    var values: [UInt32]
  }

  struct Expected: Decodable {
    var decoded: [UInt32]
    var codes: [UInt8]
    var saturated: [UInt8]
  }

  private static let types: [(scheme: WeightScheme, dtype: DType, format: Float8Format)] = [
    (.float8E4M3, .float8e4m3fn, .e4m3fn), (.float8E5M2, .float8e5m2, .e5m2),
  ]

  @Test func numbersAreTorchs() throws {
    let examples = try Vectors.read("float8", Numbers.self, Expected.self)
    #expect(examples.map(\.name) == Self.types.map(\.scheme.rawValue))
    for (example, type) in zip(examples, Self.types) {
      let expected = example.expected
      for code in UInt8.min...UInt8.max {
        let (ours, torchs) = (type.format.decode(code), Float(bitPattern: expected.decoded[Int(code)]))
        #expect(
          ours.bitPattern == torchs.bitPattern || ours.isNaN && torchs.isNaN, "\(type.dtype) \(code): \(ours)"
        )
      }
      let numbers = Tensor(example.input.values.map { Float(bitPattern: $0) })
      #expect(numbers.count > 1000)
      #expect(numbers.converted(to: type.dtype, saturating: false).bytes == expected.codes)
      #expect(numbers.converted(to: type.dtype).bytes == expected.saturated)
    }
  }

  /// ONNX's Cast saturates unless it is told not to.
  @Test func castSaturatesUnlessToldNotTo() throws {
    let numbers = Tensor([1, 1e6, -.infinity] as [Float])
    for (type, lossless) in zip(Self.types, [[0x38, 0x7f, 0xff], [0x3c, 0x7c, 0xfc]] as [[UInt8]]) {
      for (attributes, expected) in [
        ([:], numbers.converted(to: type.dtype).bytes), (["saturate": .int(0)], lossless),
      ] as [([String: Attribute], [UInt8])] {
        let cast = Node(
          name: "cast", type: "Cast", inputs: ["x"], outputs: ["y"],
          attributes: attributes.merging(["to": .int(type.dtype.rawValue)]) { $1 })
        let graph = Graph(
          inputs: [ValueInfo(name: "x", dtype: .float32, dims: [3])],
          outputs: [ValueInfo(name: "y", dtype: type.dtype, dims: [3])], nodes: [cast], opsets: ["": 19])
        #expect(try ReferenceEvaluator(graph).run(["x": numbers])["y"]?.bytes == expected)
        #expect(try GraphProgram(graph).run(["x": numbers])["y"]?.bytes == expected)
      }
    }
  }

  /// The same weights in a DequantizeLinear and, where the operator set has none for them, in a Gather.
  @Test func bothFormsHoldTheSameWeights() throws {
    var random = SplitMix(seed: 71)
    var values = random.normal([30, 40]).floats.map { $0 * 1e-4 }
    for index in stride(from: 0, to: values.count, by: 3) { values[index] = 0 }
    let weight = Tensor(values, shape: [30, 40])
    for type in Self.types {
      let greatest = try #require(values.map(\.magnitude).max())
      let scale = greatest / type.format.largest
      let expected = values.map { type.format.decode(type.format.encode($0 / scale)) * scale }
      let rule = WeightRule(layers: ["*"], bits: 8, scheme: type.scheme)
      for (opset, types) in [(7, ["Cast", "Gather", "Gemm"]), (18, ["Cast", "Gather", "Gemm"])]
        + [(19, ["DequantizeLinear", "Gemm"]), (21, ["DequantizeLinear", "Gemm"])]
      {
        let compressor = Compressor(try Fixtures.layers([("w", weight)], opset: opset))
        let recipe = Recipe(weights: [rule])
        let graph = try compressor.apply(recipe).graph
        #expect(graph.nodes.map(\.type.name) == types)
        #expect(graph.constants["w.weight"]?.dtype == (opset < 19 ? .uint8 : type.dtype))
        let typed = try ReferenceEvaluator(graph)
        let unit = Tensor((0..<1600).map { Float($0 % 41 == 0 ? 1 : 0) }, shape: [40, 40])
        let rows = try #require(try typed.run(["w.x": unit])["w.y"]).floats
        let restored = (0..<1200).map { rows[$0 % 40 * 30 + $0 / 40] }
        #expect(restored == expected, "\(type.dtype) in operator set \(opset)")
        let cost = try compressor.estimate(recipe)
        #expect(cost == (try Cost.count(graph)))
        #expect(cost.nonzeroParameters == expected.count { $0 != 0 })
        #expect(cost.layers[0].weightBits == 8)
        #expect(cost.sizeBytes == 1200 + (opset < 19 ? 4 * Set(expected).count : 4))
        #expect(cost.layers[0].sizeBytes == cost.sizeBytes)
        let huffman = try #require(try Cost.sizes(graph).huffman)
        #expect(huffman < cost.sizeBytes)
      }
    }
  }

  @Test func filesHoldThem() throws {
    var random = SplitMix(seed: 72)
    let compressor = Compressor(try Fixtures.layers([("w", random.normal([8, 8]))], opset: 19))
    for type in Self.types {
      let recipe = Recipe(weights: [WeightRule(layers: ["*"], bits: 8, scheme: type.scheme)])
      let graph = try compressor.apply(recipe).graph
      let path = FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString).onnx")
        .path()
      defer { try? FileManager.default.removeItem(atPath: path) }
      try ONNXWriter.write(graph, to: path)
      let model = try Model(ONNXReader.read(path: path))
      #expect(model.graph.constants["w.weight"]?.dtype == type.dtype)
      #expect(model.graph.constants["w.weight"]?.bytes == graph.constants["w.weight"]?.bytes)
      #expect(Cost.count(model) == (try compressor.estimate(recipe)))
      let again = #expect(throws: CompressionError.self) { try Compressor(model).estimate(recipe) }
      #expect(
        again
          == .layer(
            "w", reason: "cannot be quantized: its weight is \(type.dtype), not float32",
            rule: "quantization.weights[0]"))
    }
  }

  /// What is too small for a scale, or zero, is written without one; what is not finite is refused.
  @Test func extremesAreTaken() throws {
    for value in [0, 0x1p-140, 3e38] as [Float] {
      let weight = Tensor([value, -value, 0, value / 2], shape: [2, 2])
      for type in Self.types {
        let compressor = Compressor(try Fixtures.layers([("w", weight)], opset: 19))
        let graph = try compressor.apply(
          Recipe(weights: [WeightRule(layers: ["*"], bits: 8, scheme: type.scheme)])
        ).graph
        let scale = try #require(graph.constants["w.weight_scale"]).floats[0]
        let restored = try #require(graph.constants["w.weight"]).floats.map { $0 * scale }
        #expect(restored.allSatisfy { $0.isFinite })
        if value > 1 { #expect(abs(restored[0] / value - 1) < 1e-6 && restored[3] == restored[0] / 2) }
        if value < 1 { #expect(restored.allSatisfy { $0 == 0 } && scale == 1) }
      }
    }
    let broken = Compressor(
      try Fixtures.layers([("w", Tensor([1, .infinity, 0, 2] as [Float], shape: [2, 2]))]))
    let error = #expect(throws: CompressionError.self) {
      try broken.estimate(Recipe(weights: [WeightRule(layers: ["w"], bits: 8, scheme: .float8E4M3)]))
    }
    #expect(error == .layer("w", reason: "has a weight that is not finite", rule: "quantization.weights[0]"))
  }
}
