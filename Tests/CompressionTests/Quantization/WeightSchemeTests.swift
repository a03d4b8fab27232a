import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing

/// Schemes without scales, and how every form is read again.
@Suite struct WeightSchemeTests {
  /// The weight that a layer computes with: `x` is the unit matrix.
  private func restored(_ weight: Tensor, _ rule: WeightRule, opset: Int = 17) throws -> (
    weight: [Float], graph: Graph
  ) {
    let compressor = Compressor(try Fixtures.layers([("w", weight)], opset: opset))
    let result = try compressor.apply(Recipe(weights: [rule])).graph
    let width = weight.shape[1]
    let unit = (0..<width * width).map { Float($0 % (width + 1) == 0 ? 1 : 0) }
    let y = try ReferenceEvaluator(result).run(["w.x": Tensor(unit, shape: [width, width])])["w.y"]
    let values = try #require(y).floats
    let rows = weight.shape[0]
    return ((0..<values.count).map { values[$0 % width * rows + $0 / width] }, result)
  }

  private func error(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
  }

  @Test(arguments: [2, 3, 5, 8])
  func codebooksFitBetterThanScales(bits: Int) throws {
    var random = SplitMix(seed: 31)
    let weight = random.normal([24, 20])
    let codebook = try restored(weight, WeightRule(layers: ["*"], bits: bits, scheme: .codebook))
    let linear = try restored(weight, WeightRule(layers: ["*"], bits: bits))
    #expect(error(codebook.weight, weight.floats) < error(linear.weight, weight.floats))
    #expect(Set(codebook.weight).count <= 1 << bits)
    #expect(codebook.graph.nodes.map(\.type.name) == ["Cast", "Gather", "Gemm"])
    #expect(codebook.graph.constants["w.weight"]?.dtype == .uint8)
    // A centroid is the mean of what it stands for.
    for entry in Set(codebook.weight) {
      let members = zip(codebook.weight, weight.floats).filter { $0.0 == entry }.map(\.1)
      #expect(abs(members.reduce(0, +) / Float(members.count) - entry) < 1e-5)
    }
  }

  @Test func whatIsPrunedStaysZero() throws {
    let compressor = Compressor(try Fixtures.lenet())
    // Of min-max zero need not be a step.
    for scheme in WeightScheme.allCases where scheme != .minMax {
      let bits = scheme.fixedWidth ?? 4
      let recipe = Recipe(
        pruning: [PruningRule(layers: ["*"], scope: .global, amount: .fraction(0.7))],
        weights: [WeightRule(layers: ["*"], bits: bits, scheme: scheme)])
      let cost = try compressor.estimate(recipe)
      #expect(cost.parameters - cost.nonzeroParameters >= 301_350)
      // Nothing else falls to zero where zero has an entry of its own.
      if scheme == .codebook { #expect(cost.parameters - cost.nonzeroParameters <= 301_400) }
    }
  }

  @Test func powersOfTwoArePowers() throws {
    var random = SplitMix(seed: 32)
    let weight = random.normal([8, 8])
    let result = try restored(weight, WeightRule(layers: ["*"], bits: 4, scheme: .powerOfTwo)).weight
    #expect(result.allSatisfy { $0 == 0 || $0.significand == 1 })
    let greatest = try #require(weight.floats.map(\.magnitude).max())
    #expect(
      result.map(\.magnitude).max()
        == Float(sign: .plus, exponent: Int((Double(greatest) * 4 / 3).exponent), significand: 1))
    #expect(Set(result.map(\.magnitude)).subtracting([0]).count <= 7)
    let same = try restored(
      Tensor([1, -2, 0, 0.5] as [Float], shape: [2, 2]),
      WeightRule(layers: ["*"], bits: 3, scheme: .powerOfTwo))
    #expect(same.weight == [1, -2, 0, 0.5])
  }

  @Test func shortFloatsAreStoredAsSuch() throws {
    let weight = Tensor([1, -0.1, 3.14159, 1e-3] as [Float], shape: [2, 2])
    for (scheme, dtype) in [(WeightScheme.float16, DType.float16), (.bfloat16, .bfloat16)] {
      let result = try restored(weight, WeightRule(layers: ["*"], bits: 16, scheme: scheme))
      #expect(result.weight == weight.converted(to: dtype).floats)
      #expect(result.graph.constants["w.weight"]?.dtype == dtype)
      #expect(try Cost.count(result.graph).sizeBytes == 8)
    }
    let large = Tensor([1e6, 0, 0, 1] as [Float], shape: [2, 2])
    let error = #expect(throws: CompressionError.self) {
      try restored(large, WeightRule(layers: ["*"], bits: 16, scheme: .float16))
    }
    #expect(
      error
        == .layer("w", reason: "has a weight that is too large for float16", rule: "quantization.weights[0]"))
    #expect(throws: CompressionError.self) {
      try restored(weight, WeightRule(layers: ["*"], bits: 16, scheme: .bfloat16), opset: 12)
    }
  }

  @Test(arguments: WeightScheme.allCases)
  func exportedFilesAreReadAgain(scheme: WeightScheme) throws {
    let compressor = Compressor(try Fixtures.mobile())
    let bits = scheme.fixedWidth ?? 5
    let recipe = Recipe(
      pruning: [PruningRule(layers: ["*"], amount: .fraction(0.4))],
      weights: [WeightRule(layers: ["*"], bits: bits, scheme: scheme)])
    let path = FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString).onnx").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ONNXWriter.write(try compressor.apply(recipe).graph, to: path)
    let model = try Model(ONNXReader.read(path: path))
    #expect(Cost.count(model) == (try compressor.estimate(recipe)))
    #expect(model.layers.map(\.name) == ["stem", "dw", "pw", "fc"])
    #expect(Cost.count(model).layers.map(\.weightBits) == [bits, bits, bits, bits])
  }

  /// The scale is searched, and halves go where they are told.
  @Test func linearOptionsDoAsTheySay() throws {
    var random = SplitMix(seed: 33)
    let weight = random.normal([16, 30])
    for (bits, granularity) in [(2, Granularity.tensor), (3, .channel), (4, .tensor), (4, .channel)] {
      for scheme in [WeightScheme.symmetric, .affine] {
        var rule = WeightRule(layers: ["*"], bits: bits, scheme: scheme, granularity: granularity)
        let plain = try restored(weight, rule).weight
        rule.linear.calibration = .mse
        #expect(error(try restored(weight, rule).weight, weight.floats) < error(plain, weight.floats))
      }
    }
    let halves = Tensor([0.5, -0.5, 1.5, 2.5, -2.5, 127] as [Float], shape: [2, 3])
    let even = try restored(halves, WeightRule(layers: ["*"], bits: 8)).weight
    #expect(even == [0, 0, 2, 2, -2, 127])
    let away = try restored(
      halves, WeightRule(layers: ["*"], bits: 8, linear: LinearOptions(rounding: .halfAway))
    ).weight
    #expect(away == [1, -1, 2, 3, -3, 127])
    // Where few values are many bins, the search is over a histogram.
    let large = random.normal([4, 3000])
    var rule = WeightRule(layers: ["*"], bits: 3)
    let plain = try Compressor(Fixtures.layers([("w", large)])).detail(
      layer: 0, recipe: Recipe(weights: [rule]))
    rule.linear.calibration = .mse
    let searched = try Compressor(Fixtures.layers([("w", large)])).detail(
      layer: 0, recipe: Recipe(weights: [rule]))
    #expect(try #require(searched.sqnr) > #require(plain.sqnr))
  }
}
