import Compression
import Formats
import Graph
import Tensor
import Testing

/// Against the observers of `torch.ao.quantization` and what torch rounds by them.
@Suite struct TorchModeTests {
  struct Input: Decodable {
    var shape: [Int]
    var values: [Double]
    var bits: Int
    var symmetric: Bool
    var signed: Bool
    var reduced: Bool
    var axis: Int?
    /// Values come in batches of so many rows, of which averages move.
    var batch: Int?

    var tensor: Tensor { Tensor(values.map { Float($0) }, shape: Shape(shape)) }
  }

  struct Expected: Decodable {
    var scaleBits: [UInt32]
    var zeroPoint: [Int]
    var quantized: [Int]
  }

  @Test func weightsAreTorchs() throws {
    var tested = 0
    for example in try Vectors.read("torch_quantization", Input.self, Expected.self)
    where example.input.batch == nil {
      let input = example.input
      let result = try QuantizedMatrix(
        input.tensor, bits: input.bits, symmetric: input.symmetric, axis: input.axis,
        options: LinearOptions(integers: input.reduced ? .reduced : .standard, isSigned: input.signed),
        mode: .torch)
      #expect(result.integers == example.expected.quantized, "\(example.name)")
      #expect(result.scales == example.expected.scaleBits, "\(example.name)")
      #expect(result.zeroPoints == example.expected.zeroPoint, "\(example.name)")
      tested += 1
    }
    #expect(tested >= 90)
  }

  @Test func activationsAreTorchs() throws {
    var tested = 0
    for example in try Vectors.read("torch_quantization", Input.self, Expected.self)
    where example.input.axis == nil && example.input.shape.count == 2 {
      let input = example.input
      let model = try Fixtures.layers([("w", .zeros([1, input.shape[1]]))])
      let rule = ActivationRule(
        layers: ["*"], bits: 8, scheme: input.symmetric ? .symmetric : .affine,
        calibration: input.batch == nil ? .minmax : .movingAverage, samples: 1 << 20, isSigned: input.signed,
        integers: input.reduced ? .reduced : .standard)
      let result = try Compressor(model).apply(
        Recipe(activations: [rule], mode: .torch, tensors: .inputs),
        calibration: CalibrationData(inputs: ["w.x": input.tensor]))
      let found = try #require(QuantizedTensor.all(in: result.graph)["w.x"])
      #expect(found.scales.map(\.bitPattern) == example.expected.scaleBits, "\(example.name)")
      #expect(found.zeroPoints == example.expected.zeroPoint, "\(example.name)")
      #expect(found.dtype == (input.signed ? .int8 : .uint8))
      tested += 1
    }
    #expect(tested >= 60)
  }

  struct Images: Decodable {
    var images: Int
  }

  struct Module: Decodable {
    var scaleBits: [UInt32]
    var zeroPoint: Int
    var checksum: Int?
  }

  /// As torch's FX graph mode quantizes the sample: every module's input, output and weight.
  @Test func theSampleIsAsTorchConvertsIt() throws {
    let model = try Fixtures.lenet()
    let recipe = Recipe(
      weights: [WeightRule(layers: ["*"], bits: 8, granularity: .channel)],
      activations: [ActivationRule(layers: ["*"], bits: 8, isSigned: false, integers: .reduced)], mode: .torch
    )
    let images = try Dataset.load(Fixtures.root + "SampleModels/lenet-fashion").samples
    let examples = try Vectors.read("torch_modules", Images.self, Module.self)
    let data = CalibrationData(inputs: ["input": images.rows(0..<examples[0].input.images)])
    let found = QuantizedTensor.all(in: try Compressor(model).apply(recipe, calibration: data).graph)
    // What a pooling or a reshape writes has the scale of what it reads, and torch none of its own.
    #expect(Set(found.keys).subtracting(examples.map(\.name)) == ["pool1", "pool2", "flatten"])
    for example in examples {
      let tensor = try #require(found[example.name], "\(example.name)")
      let bits = tensor.scales.map(\.bitPattern)
      #expect(Set(tensor.zeroPoints) == [example.expected.zeroPoint], "\(example.name)")
      if let checksum = example.expected.checksum {
        #expect(bits == example.expected.scaleBits, "\(example.name)")
        let sum = (tensor.integers ?? []).enumerated().reduce(0) { $0 + $1.element * ($1.offset % 251 + 1) }
        #expect(sum == checksum, "\(example.name)")
      } else {
        // Ranges are of sums, which torch adds up in another order.
        let apart = abs(Int(bits[0]) - Int(example.expected.scaleBits[0]))
        #expect(apart <= 16, "\(example.name): \(apart) ulps")
      }
    }
  }

  /// What flows into modules and out of them: behind the normalization and the clamp that belong to a convolution. Biases
  /// stay float.
  @Test func pairsStandAroundModules() throws {
    let model = try Fixtures.mobile()
    var random = SplitMix(seed: 31)
    let recipe = Recipe(
      weights: [WeightRule(layers: ["*"], bits: 8, granularity: .channel)],
      activations: [ActivationRule(layers: ["*"], bits: 8, isSigned: false, integers: .reduced)], mode: .torch
    )
    let result = try Compressor(model).apply(
      recipe, calibration: CalibrationData(inputs: ["x": random.normal([8, 3, 8, 8])]))
    let found = QuantizedTensor.all(in: result.graph)
    #expect(
      Set(found.keys) == [
        "x", "relu1", "dw", "relu2", "pool", "flat", "y", "stem.weight", "dw.weight", "pw.weight",
        "fc.weight",
      ])
    #expect(found["pool"]?.scales == found["relu2"]?.scales)
    #expect(result.graph.constants["dw.bias"]?.dtype == .float32)
  }
}
