import Compression
import Engine
import Foundation
import Graph
import Tensor
import Testing

@Suite struct SmoothingTests {
  /// A transformer's block with one head, as GPT has it: `[N, 6, 16]` to the same. The normalisations give three
  /// channels far more than the others, of which weights take as much less: as in large language models they are no
  /// more important for it.
  private func block(outliers: Float = 40, isPostNorm: Bool = false) throws -> Model {
    var random = SplitMix(seed: 21)
    var builder = GraphBuilder()
    func small(_ shape: Shape) -> Tensor {
      Tensor(random.normal(shape).floats.map { $0 * 0.2 }, shape: shape)
    }
    for (name, shape) in [
      ("q", [16, 16]), ("k", [16, 16]), ("v", [16, 16]), ("out", [16, 16]), ("fc1", [16, 32]),
      ("fc2", [32, 16]),
    ] as [(String, Shape)] {
      builder.constants[name + ".weight"] = small(shape)
      builder.constants[name + ".bias"] = small([shape[1]])
    }
    let strong = [3, 7, 12]
    for name in ["q", "k", "v", "fc1"] {
      guard let weight = builder.constants[name + ".weight"] else { continue }
      let row = weight.shape[1]
      builder.constants[name + ".weight"] = Tensor(
        weight.floats.enumerated().map { strong.contains($0 / row) ? $1 / outliers : $1 }, shape: weight.shape
      )
    }
    for name in ["ln1", "ln2"] {
      builder.constants[name + ".scale"] = Tensor((0..<16).map { strong.contains($0) ? outliers : 1 })
      builder.constants[name + ".bias"] = small([16])
    }
    builder.constants["quarter"] = Tensor([0.25 as Float])
    builder.constants["root"] = Tensor([Float(2).squareRoot()])
    builder.constants["half"] = Tensor([0.5 as Float])
    builder.constants["one"] = Tensor([1 as Float])
    func dense(_ name: String, _ input: String) {
      builder.add("MatMul", [input, name + ".weight"], name + ".sum")
      builder.add("Add", [name + ".sum", name + ".bias"], name)
    }
    builder.add("LayerNormalization", ["x", "ln1.scale", "ln1.bias"], "ln1")
    for name in ["q", "k", "v"] { dense(name, "ln1") }
    builder.add("Transpose", ["k"], "kt", ["perm": .ints([0, 2, 1])])
    builder.add("MatMul", ["q", "kt"], "scores")
    builder.add("Mul", ["scores", "quarter"], "scaled")
    builder.add("Softmax", ["scaled"], "shares")
    builder.add("MatMul", ["shares", "v"], "mixed")
    dense("out", "mixed")
    builder.add("Add", ["out", isPostNorm ? "ln1" : "x"], "sum1")
    builder.add("LayerNormalization", ["sum1", "ln2.scale", "ln2.bias"], "ln2")
    dense("fc1", "ln2")
    builder.add("Div", ["fc1", "root"], "gelu1")
    builder.add("Erf", ["gelu1"], "gelu2")
    builder.add("Add", ["gelu2", "one"], "gelu3")
    builder.add("Mul", ["fc1", "gelu3"], "gelu4")
    builder.add("Mul", ["gelu4", "half"], "gelu")
    dense("fc2", "gelu")
    builder.add("Add", ["fc2", isPostNorm ? "ln2" : "sum1"], "y")
    return try builder.model("block", input: [6, 16])
  }

  private var data: CalibrationData {
    var random = SplitMix(seed: 22)
    return CalibrationData(inputs: ["x": random.normal([32, 6, 16])])
  }

  private func outputs(_ graph: Graph) throws -> [Float] {
    try #require(try ReferenceEvaluator(graph).run(data.inputs.mapValues(\.tensor))["y"]).floats
  }

  private func farthest(_ values: [Float], _ wanted: [Float]) -> Float {
    zip(values, wanted).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func largest(_ tensor: Tensor?, channel: Int) throws -> Float {
    let tensor = try #require(tensor)
    let row = tensor.count / tensor.shape[0]
    return tensor.floats[channel * row..<(channel + 1) * row].reduce(0) { max($0, abs($1)) }
  }

  @Test(arguments: [0, 0.5, 0.8, 1]) func theFunctionStays(alpha: Double) throws {
    let model = try block()
    let graph = try Compressor(model).apply(Recipe(smooth: alpha), calibration: data).graph
    let (old, new) = (try outputs(model.graph), try outputs(graph))
    #expect(farthest(new, old) <= 1e-4 * old.reduce(0) { max($0, abs($1)) })
    #expect(graph.nodes.map(\.type) == model.graph.nodes.map(\.type))
    for name in [
      "ln1.scale", "ln1.bias", "ln2.scale", "q.weight", "v.weight", "v.bias", "out.weight", "fc1.weight",
    ] {
      #expect(graph.constants[name]?.bytes != model.graph.constants[name]?.bytes, "\(name)")
    }
    // Behind Softmax and Gelu nothing can be scaled.
    for name in ["q.bias", "k.bias", "fc1.bias", "fc2.weight", "fc2.bias"] {
      #expect(graph.constants[name]?.bytes == model.graph.constants[name]?.bytes, "\(name)")
    }
  }

  /// The formula, on the layers that share a normalisation's output.
  @Test func factorsAreThoseOfThePaper() throws {
    let model = try block()
    let graph = try Compressor(model).apply(Recipe(smooth: 0.5), calibration: data).graph
    var observed = model.graph
    observed.outputs = [ValueInfo(name: "ln1", dtype: nil, dims: nil)]
    let values = try #require(
      try ReferenceEvaluator(observed.pruningUnused()).run(data.inputs.mapValues(\.tensor))["ln1"]
    ).floats
    for channel in 0..<16 {
      let x = stride(from: channel, to: values.count, by: 16).reduce(Float(0)) { max($0, abs(values[$1])) }
      let w = try ["q", "k", "v"].reduce(Float(0)) {
        max($0, try largest(model.graph.constants[$1 + ".weight"], channel: channel))
      }
      let factor = (x / w).squareRoot()
      let ratio =
        try largest(graph.constants["k.weight"], channel: channel)
        / largest(model.graph.constants["k.weight"], channel: channel)
      #expect(abs(ratio / factor - 1) < 1e-4)
      let scales = try ["ln1.scale", "ln1.bias"].map { name in
        try #require(graph.constants[name]).floats[channel]
          / #require(model.graph.constants[name]).floats[channel]
      }
      for scale in scales { #expect(abs(scale * factor - 1) < 1e-4) }
    }
  }

  /// What it is for: one scale for all channels of an activation is enough then. The error falls to a twentieth.
  @Test func errorsOfInt8ActivationsFall() throws {
    let model = try block()
    let wanted = try outputs(model.graph)
    func error(_ smooth: Double?) throws -> Double {
      let recipe = Recipe(
        weights: [WeightRule(layers: ["*"], bits: 8, granularity: .channel)],
        activations: [ActivationRule(layers: ["*"], bits: 8)], smooth: smooth)
      let graph = try Compressor(model).apply(recipe, calibration: data).graph
      return zip(try outputs(graph), wanted).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }.squareRoot()
    }
    let (without, with) = (try error(nil), try error(0.5))
    #expect(with < 0.1 * without, "\(with) with, \(without) without")
  }

  /// A value that a sum reads too stays as it is, and so does all that makes it.
  @Test func whatOthersReadStays() throws {
    let model = try block(isPostNorm: true)
    let graph = try Compressor(model).apply(Recipe(smooth: 0.5), calibration: data).graph
    for name in ["ln1.scale", "ln1.bias", "ln2.scale", "q.weight", "fc1.weight"] {
      #expect(graph.constants[name]?.bytes == model.graph.constants[name]?.bytes, "\(name)")
    }
    #expect(graph.constants["out.weight"]?.bytes != model.graph.constants["out.weight"]?.bytes)
  }

  @Test func theEstimateIsTheCount() throws {
    let model = try Fixtures.wide()
    let compressor = Compressor(model)
    var random = SplitMix(seed: 23)
    let data = CalibrationData(inputs: ["x": random.normal([16, 32, 4, 4])])
    for unit in [PruningRule.Unit.weight, .channel(remove: true)] {
      for equalize in [true, false] {
        let recipe = Recipe(
          pruning: [PruningRule(layers: ["fc1"], unit: unit, amount: .fraction(1.0 / 3))],
          weights: [WeightRule(layers: ["*"], bits: 4, linear: LinearOptions(method: .gptq()))],
          activations: [ActivationRule(layers: ["*"], bits: 8)], equalize: equalize, correctsBiases: true,
          smooth: 0.5)
        #expect(compressor.mustObserve(recipe, calibration: data))
        let result = try compressor.apply(recipe, calibration: data)
        #expect(!compressor.mustObserve(recipe, calibration: data))
        #expect(try compressor.estimate(recipe, calibration: data) == Cost.count(result.graph))
        let fresh = try Compressor(model).apply(recipe, calibration: data)
        #expect(fresh.graph.contentHash == result.graph.contentHash)
      }
    }
  }

  @Test func theRecipeSaysSo() throws {
    let text = #"{"pare":1,"quantization":{"smooth":0.5}}"#
    #expect(try Recipe(json: text) == Recipe(smooth: 0.5))
    #expect(Recipe(smooth: 0.5).json(pretty: false) == text)
    #expect(
      throws: RecipeError(field: "quantization.smooth", reason: "must lie between 0 and 1, not 1.5")
    ) { try Recipe(json: #"{"pare":1,"quantization":{"smooth":1.5}}"#) }
    #expect(
      throws: CompressionError.calibration(
        "channels are to be smoothed, and there is no data to measure them with")
    ) { try Compressor(try block()).apply(Recipe(smooth: 0.5)) }
  }
}
