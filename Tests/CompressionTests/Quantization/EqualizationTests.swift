import Compression
import Engine
import Foundation
import Graph
import Tensor
import Testing

@Suite struct EqualizationTests {
  /// Convolution, depthwise, pointwise, pooling and two dense layers, whose channels differ wildly in range:
  /// `[N, 3, 8, 8]` to `[N, 5]`.
  private func depthwise(_ activation: OperatorType = "Relu", spread: Float = 3) throws -> Model {
    var random = SplitMix(seed: 4)
    var builder = GraphBuilder()
    func uneven(_ shape: Shape) -> Tensor {
      let values = random.normal(shape).floats
      let row = shape.inner(of: 0)
      let factors = (0..<shape[0]).map { _ in exp(Float.random(in: -spread...spread, using: &random)) }
      return Tensor(values.indices.map { values[$0] * factors[$0 / row] }, shape: shape)
    }
    for (name, shape) in [
      ("stem", [8, 3, 3, 3]), ("dw", [16, 1, 3, 3]), ("pw", [12, 16, 1, 1]), ("fc1", [10, 192]),
      ("fc2", [5, 10]),
    ] as [(String, Shape)] {
      builder.constants[name + ".weight"] = uneven(shape)
      builder.constants[name + ".bias"] = random.normal([shape[0]])
    }
    func layer(_ name: String) -> [String] { [name + ".weight", name + ".bias"] }
    let pads: [String: Attribute] = ["pads": .ints([1, 1, 1, 1])]
    builder.add("Conv", ["x"] + layer("stem"), "stem", pads)
    builder.add(activation, ["stem"], "act1")
    builder.add("Conv", ["act1"] + layer("dw"), "dw", pads.merging(["group": .int(8)]) { $1 })
    builder.add(activation, ["dw"], "act2")
    builder.add("Conv", ["act2"] + layer("pw"), "pw")
    builder.add(activation, ["pw"], "act3")
    builder.add("AveragePool", ["act3"], "pool", ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    builder.add("Flatten", ["pool"], "flat")
    builder.add("Gemm", ["flat"] + layer("fc1"), "fc1", ["transB": .int(1)])
    builder.add(activation, ["fc1"], "act4")
    builder.add("Gemm", ["act4"] + layer("fc2"), "y", ["transB": .int(1)])
    return try builder.model("depthwise", input: [3, 8, 8])
  }

  /// The same through batch normalisation and a dense layer whose bias is an Add's.
  private func normalised() throws -> Model {
    var random = SplitMix(seed: 14)
    var builder = GraphBuilder()
    builder.constants = [
      "stem.weight": random.normal([8, 3, 3, 3]), "dw.weight": random.normal([8, 1, 3, 3]),
      "fc1.weight": random.normal([8, 10]), "fc1.bias": random.normal([10]),
      "fc2.weight": random.normal([10, 5]),
    ]
    func norm(_ name: String) -> [String] {
      for part in ["scale", "bias", "mean"] { builder.constants["\(name).\(part)"] = random.normal([8]) }
      builder.constants[name + ".variance"] = Tensor((0..<8).map { Float($0) / 4 + 0.5 })
      return ["scale", "bias", "mean", "variance"].map { "\(name).\($0)" }
    }
    builder.add("Conv", ["x", "stem.weight"], "stem")
    builder.add("BatchNormalization", ["stem"] + norm("bn1"), "bn1")
    builder.add("Relu", ["bn1"], "relu1")
    builder.add("Conv", ["relu1", "dw.weight"], "dw", ["group": .int(8)])
    builder.add("BatchNormalization", ["dw"] + norm("bn2"), "bn2")
    builder.add("Relu", ["bn2"], "relu2")
    builder.add("GlobalAveragePool", ["relu2"], "pool")
    builder.add("Flatten", ["pool"], "flat")
    builder.add("MatMul", ["flat", "fc1.weight"], "fc1.sum")
    builder.add("Add", ["fc1.sum", "fc1.bias"], "fc1")
    builder.add("Relu", ["fc1"], "relu3")
    builder.add("MatMul", ["relu3", "fc2.weight"], "y")
    return try builder.model("normalised", input: [3, 8, 8])
  }

  private func outputs(_ graph: Graph) throws -> [Float] {
    var random = SplitMix(seed: 5)
    return try #require(try ReferenceEvaluator(graph).run(["x": random.normal([8, 3, 8, 8])])["y"]).floats
  }

  /// In dB.
  private func signalToNoise(_ values: [Float], of wanted: [Float]) -> Double {
    let signal = wanted.reduce(0.0) { $0 + Double($1) * Double($1) }
    let noise = zip(values, wanted).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return 10 * log10(signal / noise)
  }

  /// The ratio of the largest range of a slice along an axis to the smallest.
  private func unevenness(_ name: String, axis: Int, _ graph: Graph) throws -> Float {
    let tensor = try #require(graph.constants[name])
    let inner = tensor.shape.inner(of: axis)
    var ranges = [Float](repeating: 0, count: tensor.shape[axis])
    for (index, value) in tensor.floats.enumerated() {
      let slice = index / inner % tensor.shape[axis]
      ranges[slice] = max(ranges[slice], abs(value))
    }
    return (ranges.max() ?? 0) / (ranges.min() ?? 1)
  }

  @Test(arguments: ["Relu", "LeakyRelu", "Identity"] as [OperatorType])
  func theFunctionStays(activation: OperatorType) throws {
    let model = try depthwise(activation)
    let result = try Compressor(model).apply(Recipe(equalize: true))
    let (old, new) = (try outputs(model.graph), try outputs(result.graph))
    let largest = old.reduce(0) { max($0, abs($1)) }
    #expect(zip(old, new).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    for name in ["stem", "dw", "pw", "fc1", "fc2"] {
      let weight = name + ".weight"
      #expect(model.graph.constants[weight]?.bytes != result.graph.constants[weight]?.bytes)
    }
    #expect(model.graph.constants["fc2.bias"]?.bytes == result.graph.constants["fc2.bias"]?.bytes)
    #expect(try unevenness("stem.weight", axis: 0, model.graph) > 20)
  }

  @Test func theFunctionStaysThroughNormalisationsAndSums() throws {
    let model = try normalised()
    let graph = try Compressor(model).apply(Recipe(equalize: true)).graph
    let (old, new) = (try outputs(model.graph), try outputs(graph))
    let largest = old.reduce(0) { max($0, abs($1)) }
    #expect(zip(old, new).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    for name in [
      "stem.weight", "bn1.mean", "bn1.bias", "dw.weight", "bn2.mean", "fc1.weight", "fc1.bias", "fc2.weight",
    ] {
      #expect(model.graph.constants[name]?.bytes != graph.constants[name]?.bytes, "\(name)")
    }
    for name in ["bn1.scale", "bn1.variance"] {
      #expect(model.graph.constants[name]?.bytes == graph.constants[name]?.bytes, "\(name)")
    }
  }

  /// What the paper asks for: of each channel both layers have the same range.
  @Test func bothSidesSpanTheSame() throws {
    let graph = try Compressor(try depthwise()).apply(Recipe(equalize: true)).graph
    func ranges(_ name: String, _ channel: (Int) -> Int, _ count: Int) throws -> [Float] {
      var ranges = [Float](repeating: 0, count: count)
      for (index, value) in try #require(graph.constants[name]).floats.enumerated() {
        ranges[channel(index)] = max(ranges[channel(index)], abs(value))
      }
      return ranges
    }
    let pairs = [
      // The depthwise layer makes two channels of each.
      (try ranges("stem.weight", { $0 / 27 }, 8), try ranges("dw.weight", { $0 / 18 }, 8)),
      (try ranges("dw.weight", { $0 / 9 }, 16), try ranges("pw.weight", { $0 % 16 }, 16)),
      // Each channel is sixteen inputs of the dense layer.
      (try ranges("pw.weight", { $0 / 16 }, 12), try ranges("fc1.weight", { $0 % 192 / 16 }, 12)),
      (try ranges("fc1.weight", { $0 / 192 }, 10), try ranges("fc2.weight", { $0 % 10 }, 10)),
    ]
    for (first, second) in pairs {
      for (a, b) in zip(first, second) { #expect(abs(a / b - 1) < 0.02) }
    }
  }

  /// From 18.8 dB to 44.7 dB.
  @Test func perTensorInt8IsRescued() throws {
    let model = try depthwise()
    let wanted = try outputs(model.graph)
    func quality(_ equalize: Bool) throws -> Double {
      let recipe = Recipe(weights: [WeightRule(layers: ["*"], bits: 8)], equalize: equalize)
      return signalToNoise(try outputs(try Compressor(model).apply(recipe).graph), of: wanted)
    }
    let (with, without) = (try quality(true), try quality(false))
    #expect(with > 40 && without < 20, "\(with) dB with, \(without) dB without")
  }

  @Test func theEstimateIsTheCount() throws {
    let model = try depthwise()
    let compressor = Compressor(model)
    var random = SplitMix(seed: 6)
    let calibration = CalibrationData(inputs: ["x": random.normal([4, 3, 8, 8])])
    for bits in [2, 4, 8, 32] {
      for unit in [PruningRule.Unit.weight, .channel(), .channel(remove: true)] {
        for equalize in [true, false] {
          let recipe = Recipe(
            pruning: [PruningRule(layers: ["stem", "pw"], unit: unit, amount: .fraction(0.4))],
            weights: [WeightRule(layers: ["*"], bits: bits)],
            activations: [ActivationRule(layers: ["pw"], bits: 8)], equalize: equalize)
          let result = try compressor.apply(recipe, calibration: calibration)
          #expect(try compressor.estimate(recipe) == Cost.count(result.graph))
          let fresh = try Compressor(model).apply(recipe, calibration: calibration)
          #expect(fresh.graph.contentHash == result.graph.contentHash)
        }
      }
    }
  }

  /// Pruned and removed first, as without the switch: the same function still.
  @Test func pruningPicksTheSame() throws {
    let compressor = Compressor(try depthwise())
    for unit in [PruningRule.Unit.weight, .channel(remove: true)] {
      let rules = [PruningRule(layers: ["stem", "pw"], unit: unit, amount: .fraction(0.4))]
      let old = try outputs(try compressor.apply(Recipe(pruning: rules)).graph)
      let new = try outputs(try compressor.apply(Recipe(pruning: rules, equalize: true)).graph)
      let largest = old.reduce(0) { max($0, abs($1)) }
      #expect(zip(old, new).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    }
  }

  /// A value that others read, a sum, or an activation that saturates ends the way: where nothing is left to scale,
  /// that is said.
  @Test func whatCannotMoveIsSaid() throws {
    for model in [try Fixtures.residual(), try depthwise("Sigmoid")] {
      let error = #expect(throws: RecipeError.self) { try Compressor(model).apply(Recipe(equalize: true)) }
      #expect(error?.field == "quantization.equalize", "\(model.name)")
    }
  }

  @Test func theRecipeSaysSo() throws {
    let recipe = try Recipe(json: #"{"pare":1,"quantization":{"equalize":true}}"#)
    #expect(recipe == Recipe(equalize: true))
    #expect(recipe.json(pretty: false) == #"{"pare":1,"quantization":{"equalize":true}}"#)
    #expect(try Recipe(json: #"{"pare":1,"quantization":{"equalize":false}}"#) == .empty)
    #expect(throws: RecipeError(field: "quantization.equalize", reason: "must be true or false")) {
      try Recipe(json: #"{"pare":1,"quantization":{"equalize":1}}"#)
    }
  }
}
