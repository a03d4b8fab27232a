import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// Repairs beside pruning, estimates, equalisation and quantization.
extension RepairTests {
  /// Heads that are set to zero are made up for as those that are taken out.
  @Test func silentHeadsAreRepaired() throws {
    let model = try Fixtures.transformer(isCausal: false)
    var random = SplitMix(seed: 26)
    let x = random.normal([24, 5, 12])
    let data = CalibrationData(inputs: ["x": x])
    for repair in [Repair(meanBias: true), Repair(leastSquares: true)] {
      let graphs = try [false, true].map { removes in
        try Compressor(model).apply(
          Recipe(
            pruning: [PruningRule(layers: ["q"], unit: .head(remove: removes), amount: .fraction(0.5))],
            repair: repair), calibration: data
        ).graph
      }
      let plain = try Compressor(model).apply(
        Recipe(pruning: [PruningRule(layers: ["q"], unit: .head(), amount: .fraction(0.5))])
      ).graph
      let (silent, removed) = (try outputs(graphs[0], x), try outputs(graphs[1], x))
      let (wanted, before) = (try outputs(model.graph, x), try outputs(plain, x))
      // How much the ridge holds back depends on the inputs that there are, silent ones too.
      let tolerance = repair.leastSquares ? 0.05 : 1e-8
      #expect(squaredError(silent, removed) < tolerance * squaredError(before, removed))
      #expect(squaredError(silent, wanted) < squaredError(before, wanted))
      #expect(graphs[0].contentHash != plain.contentHash)
    }
  }

  @Test func theEstimateIsTheCount() throws {
    var random = SplitMix(seed: 24)
    for (model, input, layers) in [
      (try Fixtures.mobile(), [3, 8, 8] as Shape, ["stem", "pw"]),
      (try Fixtures.mobile(biases: false), [3, 8, 8], ["stem", "pw"]),
      (try Fixtures.wide(), [32, 4, 4], ["conv2", "fc1"]), (try Fixtures.residual(), [3, 5, 5], ["a"]),
      (try sharing(), [3, 4, 4], ["a"]),
    ] {
      let data = CalibrationData(inputs: ["x": random.normal(Shape([12] + input.dims))])
      let compressor = Compressor(model)
      let canEqualize = (try? compressor.estimate(Recipe(equalize: true))) != nil
      for repair in [
        Self.all, Repair(batchNorm: true), Repair(meanBias: true, samples: 5), Repair(leastSquares: true),
      ] {
        for unit in [PruningRule.Unit.weight, .channel(), .channel(remove: true)] {
          for bits in [32, 3] {
            let recipe = Recipe(
              pruning: [PruningRule(layers: layers, unit: unit, norm: 1, amount: .fraction(0.4))],
              weights: [WeightRule(layers: ["*"], bits: bits)],
              activations: [ActivationRule(layers: ["*"], bits: 8, samples: 4)], repair: repair,
              equalize: bits == 3 && canEqualize)
            let result = try compressor.apply(recipe, calibration: data)
            let counted = try Cost.count(result.graph)
            #expect(try compressor.estimate(recipe, calibration: data) == counted, "\(model.name) \(recipe)")
            let fresh = try Compressor(model).apply(recipe, calibration: data)
            #expect(fresh.graph.contentHash == result.graph.contentHash)
          }
        }
      }
    }
  }

  /// Two normalisations that read one mean, and two convolutions that read one bias.
  private func sharing() throws -> Model {
    var random = SplitMix(seed: 25)
    var builder = GraphBuilder()
    for name in ["a", "b", "c"] {
      builder.constants[name + ".weight"] = random.normal([name == "a" ? 4 : 3, name == "a" ? 3 : 4, 1, 1])
    }
    for (name, size) in [("zero", 3), ("bias", 3), ("scale", 3)] {
      builder.constants[name] = random.normal([size])
    }
    builder.constants["one"] = Tensor([1, 1, 1] as [Float])
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Relu", ["a"], "relu")
    for name in ["b", "c"] {
      builder.add("Conv", ["relu", name + ".weight", "bias"], name)
      builder.add("BatchNormalization", [name, "scale", "bias", "zero", "one"], name + "n")
    }
    builder.add("Add", ["bn", "cn"], "y")
    return try builder.model("sharing", input: [3, 4, 4])
  }

  @Test func sharedConstantsAreNotSharedAnyMore() throws {
    let model = try sharing()
    var random = SplitMix(seed: 26)
    let x = random.normal([20, 3, 4, 4])
    let graph = try Compressor(model).apply(
      Recipe(pruning: removing(["a"], 0.5), repair: Repair(batchNorm: true)),
      calibration: CalibrationData(inputs: ["x": x])
    ).graph
    #expect(Set(graph.constants.keys).isSubset(of: graph.nodes.flatMap(\.inputs)))
    for name in ["bn", "cn"] {
      let node = try #require(graph.nodes.first { $0.outputs == [name] })
      let mean = try #require(graph.constants[node.inputs[3]])
      let wanted = means(try outputs(graph, x, node.inputs[0]))
      #expect(zip(mean.floats, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    }
  }

  /// Scales come from the model as it was and move repaired channels like others.
  @Test func equalizationKeepsTheRepairedFunction() throws {
    var random = SplitMix(seed: 27)
    var builder = GraphBuilder()
    for (name, shape) in [("a", [8, 3, 3, 3]), ("b", [6, 8, 3, 3]), ("c", [5, 6, 1, 1])] as [(String, Shape)]
    {
      builder.constants[name + ".weight"] = random.normal(shape)
    }
    builder.add("Conv", ["x", "a.weight"], "a")
    builder.add("Relu", ["a"], "relu1")
    builder.add("Conv", ["relu1", "b.weight"], "b")
    builder.add("Relu", ["b"], "relu2")
    builder.add("Conv", ["relu2", "c.weight"], "y")
    let model = try builder.model("plain", input: [3, 8, 8])
    let x = random.normal([32, 3, 8, 8])
    for unit in [PruningRule.Unit.channel(remove: true), .channel(), .weight] {
      let rules = ["a", "b"].map { PruningRule(layers: [$0], unit: unit, amount: .fraction(0.5)) }
      func values(_ equalize: Bool) throws -> Tensor {
        try outputs(
          try Compressor(model).apply(
            Recipe(pruning: rules, repair: Self.all, equalize: equalize),
            calibration: CalibrationData(inputs: ["x": x])
          ).graph, x)
      }
      let (old, new) = (try values(false), try values(true))
      let largest = old.floats.map(abs).max() ?? 0
      #expect(zip(old.floats, new.floats).allSatisfy { abs($0 - $1) < 1e-5 * largest })
    }
  }

  @Test func whatIsQuantizedIsTheRepairedWeight() throws {
    let model = try Fixtures.wide()
    var random = SplitMix(seed: 28)
    let x = random.normal([64, 32, 4, 4])
    let rules = removing(["conv2"], 0.5)
    let data = CalibrationData(inputs: ["x": x])
    let compressor = Compressor(model)
    let repair = Repair(leastSquares: true)
    let float = try compressor.apply(Recipe(pruning: rules, repair: repair), calibration: data).graph
    let rounded = try compressor.apply(
      Recipe(pruning: rules, weights: [WeightRule(layers: ["*"], bits: 8)], repair: repair), calibration: data
    ).graph
    let (a, b) = (try outputs(float, x), try outputs(rounded, x))
    let plain = try outputs(try compressor.apply(Recipe(pruning: rules)).graph, x)
    #expect(squaredError(a, b) < 0.1 * squaredError(a, plain))
  }

  @Test func movingBitsDoesNotRepairAgain() throws {
    let compressor = Compressor(try Fixtures.mobile())
    var random = SplitMix(seed: 29)
    let data = CalibrationData(inputs: ["x": random.normal([20, 3, 8, 8])])
    func recipe(_ bits: Int, _ share: Double = 0.5) -> Recipe {
      Recipe(
        pruning: removing(["stem"], share), weights: [WeightRule(layers: ["*"], bits: bits)], repair: Self.all
      )
    }
    #expect(compressor.mustObserve(recipe(8), calibration: data))
    _ = try compressor.estimate(recipe(8), calibration: data)
    #expect(!compressor.mustObserve(recipe(8), calibration: data))
    #expect(!compressor.mustObserve(recipe(4), calibration: data))
    #expect(compressor.mustObserve(recipe(4, 0.25), calibration: data))
    #expect(throws: CompressionError.cancelled) {
      try compressor.apply(recipe(4, 0.25), calibration: data, isCancelled: { true })
    }
  }

  @Test func itNeedsSamples() throws {
    let compressor = Compressor(try Fixtures.mobile())
    let recipe = Recipe(repair: Repair(batchNorm: true))
    #expect(recipe.needsSamples && recipe.observes)
    for run in [
      { _ = try compressor.estimate(recipe) }, { _ = try compressor.apply(recipe) },
    ] {
      #expect(
        throws: CompressionError.calibration(
          "the model is to be repaired, and there is no data to repair it by")
      ) {
        try run()
      }
    }
    #expect(throws: CompressionError.calibration("there are no samples")) {
      try compressor.apply(recipe, calibration: CalibrationData(inputs: ["x": .zeros([0, 3, 8, 8])]))
    }
  }
}
