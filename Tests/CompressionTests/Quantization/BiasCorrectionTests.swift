import Compression
import Engine
import Foundation
import Graph
import Tensor
import Testing

@Suite struct BiasCorrectionTests {
  /// Layers with a bias of their own, without one, with one in an Add, one that two share, and one that no place has:
  /// `[N, 3, 6, 6]` to `[N, 5]`.
  private func model() throws -> Model {
    var random = SplitMix(seed: 12)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([8, 3, 3, 3]), "a.bias": .zeros([8]),
      "b.weight": random.normal([8, 4, 1, 1]),
      "c.weight": random.normal([8, 12]), "c.bias": random.normal([12]),
      "d.weight": random.normal([12, 12]),
      "d.bias": random.normal([1, 12]), "e.weight": random.normal([12, 12]),
      "f.weight": random.normal([5, 12]), "scale": Tensor([2 as Float]),
    ]
    builder.add("Conv", ["x", "a.weight", "a.bias"], "a")
    builder.add("Relu", ["a"], "relu1")
    builder.add("Conv", ["relu1", "b.weight", "a.bias"], "b", ["group": .int(2)])
    builder.add("Relu", ["b"], "relu2")
    builder.add("GlobalAveragePool", ["relu2"], "pool")
    builder.add("Flatten", ["pool"], "flat")
    builder.add("MatMul", ["flat", "c.weight"], "c0")
    builder.add("Add", ["c.bias", "c0"], "c")
    builder.add("Relu", ["c"], "relu3")
    builder.add(
      "Gemm", ["relu3", "d.weight", "d.bias"], "d", ["alpha": .float(0.5), "beta": .float(2)])
    builder.add("MatMul", ["relu3", "e.weight"], "e0")
    builder.add("Mul", ["e0", "scale"], "e")
    builder.add("Add", ["d", "e"], "sum")
    builder.add("Gemm", ["sum", "f.weight"], "y", ["transB": .int(1)])
    return try builder.model("biases", input: [3, 6, 6])
  }

  private func data(_ samples: Int = 64) -> CalibrationData {
    var random = SplitMix(seed: 13)
    return CalibrationData(inputs: ["x": random.normal([samples, 3, 6, 6])])
  }

  /// The mean of each channel of a value, on axis 1.
  private func means(_ value: String, _ graph: Graph, _ data: CalibrationData) throws -> [Float] {
    var graph = graph
    graph.outputs = [ValueInfo(name: value, dtype: nil, dims: nil)]
    let tensor = try #require(
      try ReferenceEvaluator(graph.pruningUnused()).run(data.inputs.mapValues(\.tensor))[value])
    let (channels, inner) = (tensor.shape[1], tensor.shape.inner(of: 1))
    var sums = [Float](repeating: 0, count: channels)
    for (index, number) in tensor.floats.enumerated() { sums[index / inner % channels] += number }
    return sums.map { $0 / Float(tensor.count / channels) }
  }

  /// What it is for: every value behind a bias has the mean that it has in the float model.
  @Test(arguments: [2, 4]) func meansComeBack(bits: Int) throws {
    let (model, data) = (try model(), data())
    func graph(_ corrects: Bool) throws -> Graph {
      try Compressor(model).apply(
        Recipe(weights: [WeightRule(layers: ["*"], bits: bits)], correctsBiases: corrects),
        calibration: data
      ).graph
    }
    let (plain, corrected) = (try graph(false), try graph(true))
    for value in ["a", "b", "c", "d", "y"] {
      let wanted = try means(value, model.graph, data)
      func farthest(_ graph: Graph) throws -> Float {
        zip(try means(value, graph, data), wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
      }
      let largest = wanted.reduce(0) { max($0, abs($1)) }
      #expect(try farthest(corrected) < 1e-4 * largest, "\(value)")
      #expect(try farthest(plain) > 3e-3 * largest, "\(value)")
    }
  }

  /// The tool decides how weights are rounded, and with it what is given back: one compressor keeps them apart.
  @Test func toolsDoNotShareBiases() throws {
    let (model, data) = (try model(), data())
    let compressor = Compressor(model)
    let plain = Recipe(weights: [WeightRule(layers: ["*"], bits: 4)], correctsBiases: true)
    var other = plain
    (other.mode, other.tensors) = (.torch, .inputs)
    _ = try compressor.apply(plain, calibration: data)
    let after = try compressor.apply(other, calibration: data)
    let fresh = try Compressor(model).apply(other, calibration: data)
    #expect(after.graph.contentHash == fresh.graph.contentHash)
  }

  @Test func theEstimateIsTheCountAndSaysWhenItRuns() throws {
    let (model, data) = (try model(), data())
    let compressor = Compressor(model)
    let gptq = LinearOptions(method: .gptq())
    for (layers, repair) in [
      (["*"], Repair.none), (["b", "c"], Repair(meanBias: true, leastSquares: true)), (["a"], .none),
    ] {
      for (unit, linear) in [
        (PruningRule.Unit.weight, .standard), (.channel(remove: true), gptq),
        (.channel(), .standard),
      ] as [(PruningRule.Unit, LinearOptions)] {
        let recipe = Recipe(
          pruning: [PruningRule(layers: ["c"], unit: unit, amount: .fraction(0.25))],
          weights: [WeightRule(layers: layers, bits: 3, linear: linear)],
          activations: [ActivationRule(layers: ["c"], bits: 8)], repair: repair,
          correctsBiases: true)
        #expect(compressor.mustObserve(recipe, calibration: data))
        let result = try compressor.apply(recipe, calibration: data)
        #expect(!compressor.mustObserve(recipe, calibration: data))
        #expect(try compressor.estimate(recipe, calibration: data) == Cost.count(result.graph))
        let fresh = try Compressor(model).apply(recipe, calibration: data)
        #expect(fresh.graph.contentHash == result.graph.contentHash)
      }
    }
  }

  /// One number for all channels, which becomes a vector, and the mean of a batch normalisation behind a MatMul; not
  /// where that normalises another axis.
  @Test func biasesLieWhereTheyCan() throws {
    var random = SplitMix(seed: 14)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([8, 6]), "one": Tensor([0.5] as [Float]), "m.weight": random.normal([8, 5]),
      "r.weight": random.normal([6, 4]), "s.weight": random.normal([5, 4]),
    ]
    for (norm, channels) in [("bn", 5), ("rows", 4)] {
      for part in ["scale", "shift", "mean"] {
        builder.constants["\(norm).\(part)"] = random.normal([channels])
      }
      builder.constants[norm + ".var"] = Tensor([Float](repeating: 1.5, count: channels))
    }
    func norm(_ name: String) -> [String] { [".scale", ".shift", ".mean", ".var"].map { name + $0 } }
    builder.add("MatMul", ["x", "r.weight"], "r")
    builder.add("BatchNormalization", ["r"] + norm("rows"), "rows")
    builder.add("ReduceMean", ["x"], "flat", ["axes": .ints([1]), "keepdims": .int(0)])
    builder.add("Gemm", ["flat", "a.weight", "one"], "a", ["transB": .int(1), "beta": .float(0.5)])
    builder.add("Relu", ["a"], "relu")
    builder.add("MatMul", ["relu", "m.weight"], "m")
    builder.add("BatchNormalization", ["m"] + norm("bn"), "bn")
    builder.add("MatMul", ["bn", "s.weight"], "s")
    builder.add("ReduceMean", ["rows"], "mean", ["axes": .ints([1]), "keepdims": .int(0)])
    builder.add("Add", ["mean", "s"], "y")
    let model = try builder.model("places", input: [4, 6])
    let data = CalibrationData(inputs: ["x": random.normal([32, 4, 6])])
    let compressor = Compressor(model)
    func recipe(_ tensors: QuantizedTensors?, _ repair: Repair = .none) -> Recipe {
      Recipe(
        pruning: repair == .none
          ? [] : [PruningRule(layers: ["a"], unit: .channel(remove: true), amount: .fraction(0.25))],
        weights: [WeightRule(layers: ["*"], bits: 8)],
        activations: tensors == nil ? [] : [ActivationRule(layers: ["*"], bits: 8)],
        repair: repair, correctsBiases: true, mode: tensors == nil ? nil : .onnxruntime, tensors: tensors)
    }
    let graph = try compressor.apply(recipe(nil), calibration: data).graph
    for value in ["a", "bn"] {
      let (wanted, found) = (try means(value, model.graph, data), try means(value, graph, data))
      #expect(zip(wanted, found).allSatisfy { abs($0 - $1) < 1e-5 }, "\(value)")
    }
    #expect(graph.constants["one"]?.shape == [8])
    #expect(graph.constants["bn.mean"]?.bytes != model.graph.constants["bn.mean"]?.bytes)
    #expect(graph.constants["rows.mean"]?.bytes == model.graph.constants["rows.mean"]?.bytes)
    for recipe in [recipe(nil), recipe(.all), recipe(.all, Repair(meanBias: true, leastSquares: true))] {
      let counted = try Cost.count(try compressor.apply(recipe, calibration: data).graph)
      #expect(try compressor.estimate(recipe, calibration: data) == counted)
    }
  }

  @Test func withoutDataItIsRefused() throws {
    let recipe = Recipe(weights: [WeightRule(layers: ["*"], bits: 4)], correctsBiases: true)
    #expect(
      throws: CompressionError.calibration(
        "the bias of layer 'a' is to be corrected, and there is no data to observe the layer with")
    ) { try Compressor(try model()).estimate(recipe) }
    // Where nothing is quantized there is nothing to correct.
    #expect(try Compressor(try model()).apply(Recipe(correctsBiases: true)).graph.nodes.count == 14)
  }

  @Test func theRecipeSaysSo() throws {
    let text = #"{"pare":1,"quantization":{"bias_correction":true}}"#
    #expect(try Recipe(json: text) == Recipe(correctsBiases: true))
    #expect(Recipe(correctsBiases: true).json(pretty: false) == text)
    #expect(
      throws: RecipeError(field: "quantization.bias_correction", reason: "must be true or false")
    ) {
      try Recipe(json: #"{"pare":1,"quantization":{"bias_correction":2}}"#)
    }
  }
}
