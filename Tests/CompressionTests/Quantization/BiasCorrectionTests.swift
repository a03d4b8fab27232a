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
    let tensor = try #require(try ReferenceEvaluator(graph.pruningUnused()).run(data.inputs)[value])
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
