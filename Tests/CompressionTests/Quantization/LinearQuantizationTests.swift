import Compression
import Graph
import Tensor
import Testing

/// Against ONNX Runtime's quantizer at 8 and 16 bits, and NumPy's arithmetic below.
@Suite struct LinearQuantizationTests {
  struct Linear: Decodable {
    var shape: [Int]
    var values: [Double]
    var bits: Int
    var symmetric: Bool
    var signed: Bool
    var axis: Int?
  }

  struct Runtime: Decodable {
    var shape: [Int]
    var values: [Double]
    var type: String
    var symmetric: Bool
    var reduceRange: Bool
    var axis: Int?
  }

  struct Expected: Decodable {
    var scaleBits: [UInt32]
    var zeroPoint: [Int]
    var quantized: [Int]
    var dequantized: [Double]?
  }

  @Test func eightAndSixteenBitsAreONNXRuntimes() throws {
    var tested = 0
    for example in try Vectors.read("quantization", Runtime.self, Expected.self) {
      let input = example.input
      let bits = input.type.hasSuffix("16") ? 16 : 8
      guard bits == 16 || input.type.hasSuffix("8") else { continue }
      let options = LinearOptions(
        integers: input.reduceRange ? .reduced : .standard, isSigned: input.type.hasPrefix("i"))
      let tensor = Tensor(input.values.map { Float($0) }, shape: Shape(input.shape))
      let result = try QuantizedMatrix(
        tensor, bits: bits, symmetric: input.symmetric, axis: input.axis, options: options)
      #expect(result.integers == example.expected.quantized, "\(example.name)")
      #expect(result.scales == example.expected.scaleBits, "\(example.name)")
      #expect(result.zeroPoints == example.expected.zeroPoint, "\(example.name)")
      tested += 1
    }
    #expect(tested >= 140)
  }

  @Test func twoToEightBitsAreNumPys() throws {
    var tested = 0
    for example in try Vectors.read("linear", Linear.self, Expected.self) {
      let input = example.input
      guard input.signed else { continue }
      // A convolution's channels are the rows of the matrix that it is folded to.
      let tensor = Tensor(input.values.map { Float($0) }, shape: Shape(input.shape))
      let result = try QuantizedMatrix(tensor, bits: input.bits, symmetric: input.symmetric, axis: input.axis)
      #expect(result.integers == example.expected.quantized, "\(example.name)")
      #expect(result.scales == example.expected.scaleBits, "\(example.name)")
      #expect(result.zeroPoints == example.expected.zeroPoint, "\(example.name)")
      if let back = example.expected.dequantized {
        let counts = zip(result.integers, example.expected.quantized).allSatisfy(==)
        #expect(counts && back.count == result.integers.count)
      }
      tested += 1
    }
    #expect(tested >= 100)
  }

  /// A channel without weights stays without, whichever integers are used.
  @Test func zerosStayZeros() throws {
    let weight = Tensor([0, 0, 0, 1, -2, 3] as [Float], shape: [2, 3])
    for integers in LinearOptions.Integers.allCases {
      for isSigned in [true, false] {
        for scheme in [WeightScheme.symmetric, .affine] {
          let rule = WeightRule(
            layers: ["w"], bits: 8, scheme: scheme, granularity: .channel,
            linear: LinearOptions(integers: integers, isSigned: isSigned))
          let cost = try Compressor(Fixtures.layers([("w", weight)])).estimate(Recipe(weights: [rule]))
          #expect(cost.nonzeroParameters == 3, "\(scheme), \(integers), signed: \(isSigned)")
        }
      }
    }
  }

  /// Its own 4 bits too, where a recipe names it or asks for all integers.
  @Test func fourBitsAreONNXRuntimes() throws {
    var tested = 0
    for example in try Vectors.read("quantization", Runtime.self, Expected.self) {
      let input = example.input
      guard input.type.hasSuffix("4") else { continue }
      let tensor = Tensor(input.values.map { Float($0) }, shape: Shape(input.shape))
      for mode in [.onnxruntime, nil] as [QuantizationMode?] {
        let options = LinearOptions(
          integers: mode == nil ? .full : .standard, isSigned: input.type.hasPrefix("i"))
        let result = try QuantizedMatrix(
          tensor, bits: 4, symmetric: input.symmetric, axis: input.axis, options: options, mode: mode)
        #expect(result.integers == example.expected.quantized, "\(example.name)")
        #expect(result.scales == example.expected.scaleBits, "\(example.name)")
        #expect(result.zeroPoints == example.expected.zeroPoint, "\(example.name)")
      }
      tested += 1
    }
    #expect(tested == 4)
  }

  @Test func weightsThatAreNotFiniteAreRefused() throws {
    let model = try Fixtures.layers([("w", Tensor([1, .nan, 2, 3] as [Float], shape: [2, 2]))])
    let error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(Recipe(weights: [WeightRule(layers: ["w"], bits: 8)]))
    }
    #expect(error == .layer("w", reason: "has a weight that is not finite", rule: "quantization.weights[0]"))
  }
}
