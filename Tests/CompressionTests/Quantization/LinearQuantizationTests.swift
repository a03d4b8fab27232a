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

  /// The int8 weight, scales and zero points that a recipe puts into a graph.
  private func quantize(
    _ tensor: Tensor, bits: Int, symmetric: Bool, axis: Int?, options: LinearOptions = .standard
  ) throws -> (integers: [Int], scales: [UInt32], zeroPoints: [Int]) {
    // As a matrix whose rows or columns are the channels of a Gemm.
    let shape = tensor.shape
    let matrix =
      axis == nil || shape.rank < 2
      ? tensor.reshaped([1, tensor.count]) : tensor.reshaped([shape[0], shape.inner(of: 0)])
    var graph = try Fixtures.layers([("w", matrix)], opset: bits == 16 ? 21 : 17).graph
    if axis == 1 {
      graph.nodes[0].attributes = [:]
      graph.inputs[0].dims = [.symbol("N"), Dim(matrix.shape[0])]
    }
    let rule = WeightRule(
      layers: ["*"], bits: bits, scheme: symmetric ? .symmetric : .affine,
      granularity: axis == nil ? .tensor : .channel, linear: options)
    let compressor = Compressor(try Model(graph))
    let result = try compressor.apply(Recipe(weights: [rule])).graph
    #expect(result.width(of: "w.weight") == bits)
    let node = try #require(result.nodes.first { $0.type == "DequantizeLinear" })
    #expect(node.inputs.count == (symmetric && options.isSigned ? 2 : 3))
    let scales = try #require(result.constants[node.inputs[1]]).floats
    let zeroPoints = node.input(2).flatMap { result.constants[$0]?.integers }
    return (
      try #require(result.constants["w.weight"]?.integers), scales.map(\.bitPattern),
      zeroPoints ?? scales.map { _ in 0 }
    )
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
      let result = try quantize(
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
      let result = try quantize(tensor, bits: input.bits, symmetric: input.symmetric, axis: input.axis)
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

  @Test func weightsThatAreNotFiniteAreRefused() throws {
    let model = try Fixtures.layers([("w", Tensor([1, .nan, 2, 3] as [Float], shape: [2, 2]))])
    let error = #expect(throws: CompressionError.self) {
      try Compressor(model).estimate(Recipe(weights: [WeightRule(layers: ["w"], bits: 8)]))
    }
    #expect(error == .layer("w", reason: "has a weight that is not finite", rule: "quantization.weights[0]"))
  }
}
