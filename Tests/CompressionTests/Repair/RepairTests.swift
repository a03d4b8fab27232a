import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

@Suite struct RepairTests {
  static let all = Repair(batchNorm: true, meanBias: true, leastSquares: true)

  func outputs(_ graph: Graph, _ x: Tensor, _ value: String = "y") throws -> Tensor {
    var graph = graph
    graph.outputs = [ValueInfo(name: value, dtype: nil, dims: nil)]
    return try #require(try ReferenceEvaluator(graph.pruningUnused()).run(["x": x])[value])
  }

  /// The mean of each channel of a value `[N, C, ...]`.
  func means(_ tensor: Tensor) -> [Double] {
    let (channels, inner) = (tensor.shape[1], tensor.shape.inner(of: 1))
    var sums = [Double](repeating: 0, count: channels)
    for (index, value) in tensor.floats.enumerated() { sums[index / inner % channels] += Double(value) }
    return sums.map { $0 / Double(tensor.count / channels) }
  }

  func squaredError(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.floats, b.floats).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
  }

  func removing(_ layers: [String], _ share: Double) -> [PruningRule] {
    layers.map { PruningRule(layers: [$0], unit: .channel(remove: true), norm: 2, amount: .fraction(share)) }
  }

  // MARK: - Against torch

  struct Input: Decodable {
    var model: [String: Vectors.Array]
    var x: Vectors.Array
  }

  struct Expected: Decodable {
    struct Part: Decodable {
      var constants: [String: Vectors.Array]
      var outputs: Vectors.Array?
    }
    var kept: [String: [Int]]
    var batchNorm: Part
    var meanBias: Part
    var leastSquares: Part
  }

  private func vectors() throws -> (model: Model, x: Tensor, expected: Expected) {
    let vector = try #require(try Vectors.read("repair", Input.self, Expected.self).first)
    var builder = GraphBuilder()
    builder.constants = vector.input.model.mapValues(\.tensor)
    func norm(_ name: String) -> [String] { [".weight", ".bias", ".mean", ".var"].map { name + $0 } }
    let pads: [String: Attribute] = ["pads": .ints([1, 1, 1, 1])]
    builder.add("Conv", ["x", "conv1.weight"], "conv1", pads)
    builder.add("BatchNormalization", ["conv1"] + norm("bn1"), "bn1")
    builder.add("Relu", ["bn1"], "relu1")
    builder.add("Conv", ["relu1", "conv2.weight", "conv2.bias"], "conv2", pads)
    builder.add("BatchNormalization", ["conv2"] + norm("bn2"), "bn2")
    builder.add("Relu", ["bn2"], "relu2")
    builder.add("Flatten", ["relu2"], "flat")
    builder.add(
      "Gemm", ["flat", "fc.weight", "fc.bias"], "y",
      ["transB": .int(1), "alpha": .float(0.5), "beta": .float(2)])
    return (try builder.model("net", input: [2, 6, 6]), vector.input.x.tensor, vector.expected)
  }

  @Test(arguments: [
    Repair(batchNorm: true), Repair(meanBias: true), Repair(leastSquares: true),
  ])
  func asTorchHasIt(repair: Repair) throws {
    let (model, x, expected) = try vectors()
    let result = try Compressor(model).apply(
      Recipe(
        pruning: [
          PruningRule(layers: ["conv1"], unit: .channel(remove: true), norm: 2, amount: .count(2)),
          PruningRule(layers: ["conv2"], unit: .channel(remove: true), norm: 2, amount: .fraction(0.25)),
        ], repair: repair), calibration: CalibrationData(inputs: ["x": x]))
    for (layer, kept) in expected.kept {
      let report = try #require(result.layers.first { $0.name == layer })
      #expect(Set(report.prunedChannels).isDisjoint(with: kept))
    }
    let part =
      repair.batchNorm ? expected.batchNorm : repair.meanBias ? expected.meanBias : expected.leastSquares
    // Fewer samples than inputs, solved in single precision.
    let tolerance = repair.leastSquares ? 2e-4 : 2e-5
    for (name, wanted) in part.constants {
      let found = try #require(result.graph.constants[name])
      let largest = wanted.values.map(abs).max() ?? 0
      #expect(found.shape.dims == wanted.shape)
      for (found, wanted) in zip(found.floats, wanted.values) {
        #expect(abs(Double(found) - wanted) < tolerance * largest, "\(name)")
      }
      #expect(model.graph.constants[name]?.bytes != found.bytes)
    }
    for (name, tensor) in result.graph.constants where part.constants[name] == nil {
      let plain = try Compressor(model).apply(Recipe(pruning: result.recipe.pruning)).graph
      #expect(plain.constants[name]?.bytes == tensor.bytes, "\(name) stays")
    }
    if let wanted = part.outputs {
      let found = try outputs(result.graph, x)
      let largest = wanted.values.map(abs).max() ?? 0
      for (found, wanted) in zip(found.floats, wanted.values) {
        #expect(abs(Double(found) - wanted) < 1e-4 * largest)
      }
    }
  }

  // MARK: - What each is for

  /// What is removed and what is set to zero, behind padding, a depthwise layer and a pooling.
  @Test(arguments: [true, false])
  func biasesKeepMeanOutputs(remove: Bool) throws {
    let model = try Fixtures.mobile()
    var random = SplitMix(seed: 20)
    let x = random.normal([70, 3, 8, 8])
    for (layer, read) in [("stem", "pw"), ("pw", "y")] {
      let rules = [
        PruningRule(layers: [layer], unit: .channel(remove: remove), norm: 2, amount: .fraction(0.5))
      ]
      let data = CalibrationData(inputs: ["x": x])
      func gap(_ repair: Repair) throws -> Double {
        let graph = try Compressor(model).apply(
          Recipe(pruning: rules, repair: repair), calibration: data
        ).graph
        // The bias goes into the normalisation behind, or an Add that is not there.
        let value = read == "pw" ? "bn2" : read
        let (old, new) = (means(try outputs(model.graph, x, value)), means(try outputs(graph, x, value)))
        return zip(old, new).reduce(0) { max($0, abs($1.0 - $1.1)) }
      }
      let (with, without) = (try gap(Repair(meanBias: true)), try gap(.none))
      #expect(without > 0.05)
      // A MatMul by itself carries no bias.
      if read == "y" { #expect(with == without) } else { #expect(with < 1e-4, "\(without)") }
    }
  }

  /// Dense layers: an Add behind a MatMul, and one number for all channels that becomes a vector.
  @Test(arguments: [true, false])
  func biasesLieWhereTheyCan(remove: Bool) throws {
    var random = SplitMix(seed: 30)
    var builder = GraphBuilder()
    for (name, shape) in [
      ("a.weight", [8, 6]), ("a.bias", [8]), ("m.weight", [8, 5]), ("shift", [5]), ("b.weight", [4, 5]),
    ]
      as [(String, Shape)]
    { builder.constants[name] = random.normal(shape) }
    builder.constants["one"] = Tensor([0.5] as [Float])
    builder.add("Gemm", ["x", "a.weight", "a.bias"], "a", ["transB": .int(1)])
    builder.add("Relu", ["a"], "relu1")
    builder.add("MatMul", ["relu1", "m.weight"], "m")
    builder.add("Add", ["shift", "m"], "sum")
    builder.add("Relu", ["sum"], "relu2")
    builder.add("Gemm", ["relu2", "b.weight", "one"], "y", ["transB": .int(1), "beta": .float(0.5)])
    let model = try builder.model("dense", input: [6])
    let x = random.normal([90, 6])
    let data = CalibrationData(inputs: ["x": x])
    for (layer, value, constant) in [("a", "sum", "shift"), ("m", "y", "one")] {
      let recipe = Recipe(
        pruning: [
          PruningRule(layers: [layer], unit: .channel(remove: remove), norm: 2, amount: .fraction(0.5))
        ],
        repair: Repair(meanBias: true))
      let compressor = Compressor(model)
      let graph = try compressor.apply(recipe, calibration: data).graph
      let (old, new) = (means(try outputs(model.graph, x, value)), means(try outputs(graph, x, value)))
      #expect(zip(old, new).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(graph.constants[constant]?.bytes != model.graph.constants[constant]?.bytes)
      #expect(try compressor.estimate(recipe, calibration: data) == Cost.count(graph))
    }
  }

  @Test func layersWithoutBiasGetOne() throws {
    let model = try Fixtures.residual()
    var random = SplitMix(seed: 21)
    let x = random.normal([64, 3, 5, 5])
    let recipe = Recipe(
      pruning: removing(["a"], 0.5), weights: [WeightRule(layers: ["*"], bits: 8)],
      repair: Repair(meanBias: true))
    let compressor = Compressor(model)
    let result = try compressor.apply(recipe, calibration: CalibrationData(inputs: ["x": x]))
    #expect(result.graph.constants["b.bias"]?.shape == [2])
    #expect(result.graph.constants["c.bias"]?.shape == [6])
    #expect(result.graph.constants["a.bias"] == nil)
    let float = try compressor.apply(
      Recipe(pruning: recipe.pruning, repair: recipe.repair), calibration: CalibrationData(inputs: ["x": x]))
    let plain = try compressor.apply(Recipe(pruning: recipe.pruning))
    func gap(_ graph: Graph) throws -> Double {
      zip(means(try outputs(model.graph, x, "y")), means(try outputs(graph, x, "y"))).reduce(0) {
        $0 + abs($1.0 - $1.1)
      }
    }
    #expect(try gap(float.graph) < gap(plain.graph))
  }

  @Test(arguments: [
    PruningRule.Unit.weight, .channel(), .channel(remove: true), .pattern(n: 2, m: 4),
  ])
  func leastSquaresComeCloserAndKeepZeros(unit: PruningRule.Unit) throws {
    let model = try Fixtures.wide()
    var random = SplitMix(seed: 22)
    let x = random.normal([96, 32, 4, 4])
    let rules = [
      PruningRule(
        layers: ["conv2", "fc1"], unit: unit, norm: unit.isChannel ? 2 : 1,
        amount: .fraction(unit.isPattern ? 1 : 0.5))
    ]
    let data = CalibrationData(inputs: ["x": x])
    let compressor = Compressor(model)
    let plain = try compressor.apply(Recipe(pruning: rules), calibration: data).graph
    let recipe = Recipe(pruning: rules, repair: Repair(leastSquares: true))
    let fitted = try compressor.apply(recipe, calibration: data).graph
    let wanted = try outputs(model.graph, x)
    let (with, without) = (
      squaredError(try outputs(fitted, x), wanted), squaredError(try outputs(plain, x), wanted)
    )
    #expect(with < 0.8 * without, "\(with) with, \(without) without")
    for (name, tensor) in plain.constants {
      let new = try #require(fitted.constants[name])
      let same = zip(tensor.floats, new.floats).allSatisfy { $0 != 0 || $1 == 0 }
      #expect(same && new.shape == tensor.shape, "\(name)")
    }
  }

  @Test func groupedConvolutionsAreFitted() throws {
    var random = SplitMix(seed: 23)
    var builder = GraphBuilder()
    builder.constants = ["a.weight": random.normal([8, 3, 1, 1]), "b.weight": random.normal([4, 4, 3, 3])]
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Relu", ["a"], "relu")
    builder.add("Conv", ["relu", "b.weight"], "y", ["group": .int(2)])
    let model = try builder.model("grouped", input: [3, 6, 6])
    let x = random.normal([64, 3, 6, 6])
    let rules = [PruningRule(layers: ["b"], amount: .fraction(0.5))]
    let data = CalibrationData(inputs: ["x": x])
    let wanted = try outputs(model.graph, x)
    func error(_ repair: Repair) throws -> Double {
      let recipe = Recipe(pruning: rules, repair: repair)
      return squaredError(
        try outputs(try Compressor(model).apply(recipe, calibration: data).graph, x), wanted)
    }
    #expect(try error(Repair(leastSquares: true)) < 0.8 * error(.none))
  }

  // MARK: - The recipe

  @Test func theRecipeSaysSo() throws {
    let text = #"{"pare":1,"repair":{"batch_norm":true,"least_squares":true,"samples":100}}"#
    let recipe = try Recipe(json: text)
    #expect(recipe == Recipe(repair: Repair(batchNorm: true, leastSquares: true, samples: 100)))
    #expect(recipe.json(pretty: false) == text)
    #expect(
      try Recipe(json: #"{"pare":1,"repair":{"mean_bias":true}}"#) == Recipe(repair: Repair(meanBias: true)))
    #expect(try Recipe(json: #"{"pare":1,"repair":{"mean_bias":false}}"#) == .empty)
    #expect(Recipe.empty.json(pretty: false) == #"{"pare":1}"#)
    for (text, field, reason) in [
      (#"{"bias":true}"#, "repair.bias", "is not a field here"),
      (#"{"batch_norm":1}"#, "repair.batch_norm", "must be true or false"),
      (#"{"batch_norm":true,"samples":0}"#, "repair.samples", "must be at least 1, not 0"),
      (#"{"samples":5}"#, "repair.samples", "is for repairs only"), ("true", "repair", "must be an object"),
    ] {
      let error = #expect(throws: RecipeError.self) { try Recipe(json: #"{"pare":1,"repair":\#(text)}"#) }
      #expect(error?.field == field && error?.reason.hasPrefix(reason) == true, "\(text)")
    }
  }
}
