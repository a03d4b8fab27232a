import Compression
import Engine
import Graph
import Synchronization
import Tensor
import Testing

@Suite struct ActivationQuantizationTests {
  private func data(_ samples: Int, seed: UInt64 = 7) -> CalibrationData {
    var random = SplitMix(seed: seed)
    return CalibrationData(inputs: ["x": random.normal([samples, 3, 8, 8])])
  }

  private func rule(_ bits: Int, _ scheme: Scheme = .affine, _ layers: [String] = ["*"]) -> ActivationRule {
    ActivationRule(layers: layers, bits: bits, scheme: scheme, samples: 16)
  }

  @Test func pairsStandAtTheSource() throws {
    let model = try Fixtures.mobile()
    let result = try Compressor(model).apply(Recipe(activations: [rule(8)]), calibration: data(20))
    // Behind the Relu, before the MaxPool and the Reshape; the model's input has one too.
    #expect(
      result.graph.nodes.map(\.type.name) == [
        "QuantizeLinear", "DequantizeLinear", "Conv", "BatchNormalization", "Relu", "QuantizeLinear",
        "DequantizeLinear", "Conv", "QuantizeLinear", "DequantizeLinear", "Conv", "BatchNormalization",
        "Relu",
        "QuantizeLinear", "DequantizeLinear", "MaxPool", "Reshape", "MatMul",
      ])
    #expect(result.layers.map(\.activation) == ["x", "relu1", "dw", "relu2"])
    #expect(result.graph.outputs.map(\.name) == ["y"])
    #expect(try Cost.count(result.graph).layers.map(\.activationBits) == [8, 8, 8, 8])
  }

  @Test func rangesAreOfThePrunedModelOverTheFirstSamples() throws {
    let model = try Fixtures.mobile()
    let prune = PruningRule(layers: ["*"], amount: .fraction(0.5))
    let pruned = try Compressor(model).apply(Recipe(pruning: [prune]))
    let all = data(20)
    let result = try Compressor(model).apply(
      Recipe(pruning: [prune], activations: [rule(8)]), calibration: all)
    var graph = pruned.graph
    graph.outputs = [ValueInfo(name: "relu2", dtype: .float32, dims: nil)]
    let x = try #require(all.inputs["x"]).rows(0..<16)
    let values = try #require(try ReferenceEvaluator(graph).run(["x": x])["relu2"]).floats
    // The engine sums in another order than the plain definition.
    let (high, wanted) = (try #require(result.ranges["relu2"]?.high), try #require(values.max()))
    #expect(abs(high - wanted) <= 1e-6 * wanted)
    #expect(result.ranges["relu2"]?.low == 0)
    #expect(result.ranges["x"]?.low == x.floats.min())
  }

  /// The graph's own nodes clamp to the width: as many values as the width has, and each what the formula gives.
  @Test(arguments: [2, 3, 5, 7, 8], [Scheme.symmetric, .affine])
  func narrowPairsSaturate(bits: Int, scheme: Scheme) throws {
    let compressor = Compressor(try Fixtures.layers([("w", Tensor([1] as [Float], shape: [1, 1]))]))
    let calibration = CalibrationData(inputs: ["w.x": Tensor([-0.7, 2.9] as [Float], shape: [2, 1])])
    let result = try compressor.apply(
      Recipe(activations: [ActivationRule(layers: ["*"], bits: bits, scheme: scheme)]),
      calibration: calibration)
    let parameters = LinearParameters(low: -0.7, high: 2.9, bits: bits, scheme: scheme)
    let x = stride(from: Float(-6), through: 6, by: 0.01).map { $0 }
    let y = try ReferenceEvaluator(result.graph).run(["w.x": Tensor(x, shape: [x.count, 1])])["w.y"]
    // ONNX Runtime lets 8 bits saturate where int8 does.
    let lowest = bits == 8 ? -128 : parameters.lowest
    let expected = x.map { value in
      let integer = Int((value / parameters.scale).rounded(.toNearestOrEven)) + parameters.zeroPoint
      return Float(min(max(integer, lowest), parameters.highest) - parameters.zeroPoint) * parameters.scale
    }
    #expect(y?.floats == expected)
    #expect(Set(expected).count == parameters.highest - lowest + 1)
  }

  @Test func oneTensorHasOnePairOfTheWidestWidth() throws {
    var builder = GraphBuilder()
    var random = SplitMix(seed: 8)
    builder.constants = ["a.weight": random.normal([4, 4]), "b.weight": random.normal([4, 4])]
    builder.add("MatMul", ["x", "a.weight"], "a")
    builder.add("MatMul", ["x", "b.weight"], "b")
    builder.add("Add", ["a", "b"], "y")
    let compressor = Compressor(try builder.model("twins", input: [4]))
    let recipe = Recipe(activations: [rule(6, .affine, ["a"]), rule(4, .affine, ["b"])])
    let result = try compressor.apply(
      recipe, calibration: CalibrationData(inputs: ["x": random.normal([4, 4])]))
    #expect(result.graph.nodes.count { $0.type == "QuantizeLinear" } == 1)
    #expect(result.layers.map(\.activationBits) == [6, 6])
    #expect(try compressor.estimate(recipe) == (try Cost.count(result.graph)))
    let one = try compressor.apply(
      Recipe(activations: [rule(6, .affine, ["a"])]),
      calibration: CalibrationData(inputs: ["x": random.normal([4, 4])]))
    #expect(one.layers.map(\.activationBits) == [6, 32])
    #expect(one.graph.nodes.first { $0.outputs == ["b"] }?.inputs[0] == "x")
  }

  @Test func whatIsMissingIsSaid() throws {
    let compressor = Compressor(try Fixtures.mobile())
    let recipe = Recipe(activations: [rule(8)])
    let error = #expect(throws: CompressionError.self) { try compressor.apply(recipe) }
    #expect("\(try #require(error))".contains("no data to measure"))
    let wrong = CalibrationData(inputs: ["z": .zeros([3, 1])])
    let other = #expect(throws: CompressionError.self) { try compressor.apply(recipe, calibration: wrong) }
    #expect(other == .calibration("input 'x' has no samples"))
    let old = Compressor(try Fixtures.mobile(opset: 9))
    let opset = #expect(throws: CompressionError.self) { try old.estimate(recipe) }
    #expect("\(try #require(opset))".contains("export it again"))
  }

  @Test func theModelRunsOnceForAllWidths() throws {
    let compressor = Compressor(try Fixtures.mobile())
    let calibration = data(16)
    let asked = Mutex(0)
    for bits in [8, 6, 4, 8] {
      let recipe = Recipe(
        weights: [WeightRule(layers: ["fc"], bits: bits)],
        activations: [rule(bits, bits == 6 ? .symmetric : .affine, bits == 4 ? ["fc"] : ["*"])])
      let before = asked.withLock { $0 }
      _ = try compressor.apply(recipe, calibration: calibration) {
        asked.withLock { $0 += 1 }
        return false
      }
      // Asked once for the one weight; asked by the runner only the first time.
      let questions = asked.withLock { $0 } - before
      #expect(bits == 8 && before == 0 ? questions > 1 : questions == 1)
    }
  }

  @Test func cancellingStops() throws {
    let compressor = Compressor(try Fixtures.mobile())
    #expect(throws: CompressionError.cancelled) {
      try compressor.apply(Recipe(activations: [rule(8)]), calibration: data(16)) { true }
    }
  }
}
