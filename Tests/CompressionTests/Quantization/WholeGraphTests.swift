import Compression
import Graph
import Tensor
import Testing

/// Recipes that round all tensors. That these are those of `quantize_static` `Tests/Python/compare_static.py` shows.
@Suite struct WholeGraphTests {
  private func recipe(
    _ layers: [String] = ["*"], mode: QuantizationMode? = .onnxruntime, scheme: Scheme = .affine
  ) -> Recipe {
    Recipe(
      weights: [WeightRule(layers: layers, bits: 8, granularity: .channel)],
      activations: [ActivationRule(layers: layers, bits: 8, scheme: scheme)], mode: mode, tensors: .all)
  }

  private func quantized(_ model: Model, _ recipe: Recipe) throws -> [String: QuantizedTensor] {
    var random = SplitMix(seed: 41)
    let shape = try #require(model.graph.inputs[0].dims).dropFirst().map { $0.value ?? 1 }
    let result = try Compressor(model).apply(
      recipe, calibration: CalibrationData(inputs: ["x": random.normal(Shape([8] + shape))]))
    #expect(result.graph.outputs.map(\.name) == model.graph.outputs.map(\.name))
    #expect(try Compressor(model).estimate(recipe) == (try Cost.count(result.graph)))
    return QuantizedTensor.all(in: result.graph)
  }

  @Test func affinePairsStandForTheClamps() throws {
    let found = try quantized(try Fixtures.mobile(), recipe())
    #expect(
      Set(found.filter { $0.value.integers == nil }.keys) == [
        "x", "stem", "relu1", "dw", "pw", "relu2", "pool", "flat", "y",
      ])
    #expect(found["bn1.weight"]?.dtype == .int8 && found["bn1.bias"]?.dtype == .int32)
    #expect(found["relu1"]?.zeroPoints == [-128])
    #expect(found["pool"]?.scales == found["relu2"]?.scales)
    // The bias's scale is that of the products.
    let products = try #require(found["dw.weight"]).scales.map { $0 * (found["relu1"]?.scales[0] ?? 0) }
    #expect(found["dw.bias"]?.scales == products)
  }

  /// A symmetric pair does not end at zero, and so both sides of a clamp have one, of the same range.
  @Test func symmetricPairsStandOnBothSidesOfClamps() throws {
    let found = try quantized(try Fixtures.mobile(), recipe(scheme: .symmetric))
    #expect(found["bn1"]?.scales == found["relu1"]?.scales)
  }

  @Test func layersWithoutRulesStayFloatAndWhatIsBesideThem() throws {
    let found = try quantized(try Fixtures.residual(), recipe(["a", "b"]))
    // The sum is read by the third layer, which has no rule.
    #expect(Set(found.keys) == ["x", "a", "b", "a.weight", "b.weight"])
    let all = try quantized(try Fixtures.residual(), recipe())
    #expect(Set(all.keys) == ["x", "a", "b", "sum", "c", "y", "a.weight", "b.weight", "c.weight"])
  }

  /// A bias that two layers share has another scale for each.
  @Test func sharedBiasesAreCopied() throws {
    var random = SplitMix(seed: 42)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([4, 4]), "b.weight": random.normal([4, 4]), "bias": random.normal([4]),
    ]
    builder.add("Gemm", ["x", "a.weight", "bias"], "a")
    builder.add("Gemm", ["a", "b.weight", "bias"], "y", ["beta": .float(0.5)])
    let found = try quantized(try builder.model("twins", input: [4]), recipe())
    let biases = found.filter { $0.value.dtype == .int32 }
    #expect(biases.count == 2 && biases["bias"] != nil)
    #expect(Set(biases.values.map(\.scales)).count == 2)
  }

  @Test func oldOperatorSetsAreRefused() throws {
    let error = #expect(throws: CompressionError.self) {
      try Compressor(try Fixtures.mobile(opset: 12)).estimate(recipe())
    }
    #expect("\(try #require(error))".contains("operator set 13"))
  }

  /// The recipes of before say nothing of a mode, and mean what flows into layers.
  @Test func withoutAModeOnlyInputsAreRounded() throws {
    var plain = recipe(mode: nil)
    plain.tensors = .inputs
    let found = try quantized(try Fixtures.mobile(), plain)
    #expect(Set(found.filter { $0.value.integers == nil }.keys) == ["x", "relu1", "dw", "relu2"])
    #expect(found["dw.bias"] == nil)
    #expect(Recipe(mode: .onnxruntime).tensors == .all && Recipe().tensors == .inputs)
  }
}
