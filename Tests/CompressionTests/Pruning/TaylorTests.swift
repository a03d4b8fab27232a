import Compression
import Graph
import Tensor
import Testing

/// First-order Taylor against torch's gradients.
@Suite struct TaylorTests {
  struct Input: Decodable {
    var x: Vectors.Array
    var labels: [Int]?
    var conv: Vectors.Array
    var dense: Vectors.Array
  }

  struct Expected: Decodable {
    var conv: Vectors.Array
    var dense: Vectors.Array
  }

  private func model(_ input: Input) throws -> (model: Model, samples: CalibrationData) {
    var builder = GraphBuilder()
    builder.constants = ["conv.weight": input.conv.tensor, "dense.weight": input.dense.tensor]
    builder.add("Conv", ["x", "conv.weight"], "conv", ["pads": .ints([1, 1, 1, 1])])
    builder.add("Relu", ["conv"], "relu")
    builder.add("MaxPool", ["relu"], "pool", ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    builder.add("Flatten", ["pool"], "flat")
    builder.add("MatMul", ["flat", "dense.weight"], "y")
    let labels = input.labels.map { Tensor($0.map { Int64($0) }) }
    return (
      try builder.model("taylor", input: Array(input.x.shape.dropFirst())),
      CalibrationData(inputs: ["x": Samples(input.x.tensor)], labels: labels)
    )
  }

  /// The order in which single weights and channels go is that of torch's scores.
  @Test func goesByTheLoss() throws {
    let cases = try Vectors.read("taylor", Input.self, Expected.self)
    #expect(cases.count == 2)
    for each in cases {
      let (model, samples) = try model(each.input)
      let compressor = Compressor(model, threads: 1)
      for (layer, expected, original) in [
        ("conv", each.expected.conv, each.input.conv), ("dense", each.expected.dense, each.input.dense),
      ] {
        let scores = expected.values
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        for (index, count) in [2, scores.count / 3, scores.count - 1].enumerated() {
          let rule = PruningRule(layers: [layer], criterion: "taylor", amount: .count(count))
          let recipe = Recipe(pruning: [rule])
          // The samples are run once for a layer.
          #expect(compressor.mustObserve(recipe, calibration: samples) == (index == 0))
          let result = try compressor.apply(recipe, calibration: samples).graph
          let left = result.constants["\(layer).weight"]!.floats
          #expect(
            Set(left.indices.filter { left[$0] == 0 }) == Set(order.prefix(count)), "\(each.name), \(layer)")
          #expect(try Recipe(json: recipe.json()) == recipe)
        }
        // Channels by the sums of their weights.
        let axis = layer == "conv" ? 0 : 1
        var sums = [Double](repeating: 0, count: original.shape[axis])
        Shape(original.shape).forEachSlice(axis) { sums[$0] += scores[$1] }
        let channels = sums.indices.sorted { sums[$0] < sums[$1] }
        let rule = PruningRule(layers: [layer], unit: .channel(), criterion: "taylor", amount: .count(1))
        let result = try compressor.apply(Recipe(pruning: [rule]), calibration: samples)
        #expect(result.layers[layer == "conv" ? 0 : 1].prunedChannels == [channels[0]])
      }
    }
  }

  /// The same bits on any number of threads.
  @Test func threadsDoNotChangeABit() throws {
    let (model, samples) = try model(try Vectors.read("taylor", Input.self, Expected.self)[0].input)
    let recipe = Recipe(pruning: [
      PruningRule(layers: ["*"], scope: .global, criterion: "taylor", amount: .fraction(0.6))
    ])
    let hashes = try [1, 2, 3].map {
      try Compressor(model, threads: $0).apply(recipe, calibration: samples).graph.contentHash
    }
    #expect(Set(hashes).count == 1)
  }

  /// What has no way back, or no samples, is said.
  @Test func refusesWhatItCannotRank() throws {
    let (model, samples) = try model(try Vectors.read("taylor", Input.self, Expected.self)[0].input)
    let rule = PruningRule(layers: ["conv"], criterion: "taylor", amount: .fraction(0.5))
    #expect(throws: CompressionError.self) { try Compressor(model).apply(Recipe(pruning: [rule])) }
    let none = CalibrationData(inputs: ["x": Tensor([] as [Float], shape: [0, 2, 4, 4])])
    #expect(throws: CompressionError.self) {
      try Compressor(model).apply(Recipe(pruning: [rule]), calibration: none)
    }
    let wrong = CalibrationData(inputs: samples.inputs, labels: Tensor([Int64](repeating: 7, count: 40)))
    let error = #expect(throws: CompressionError.self) {
      try Compressor(model).apply(Recipe(pruning: [rule]), calibration: wrong)
    }
    #expect("\(try #require(error))".contains("7"))
  }
}

extension Shape {
  /// Calls `body` with the slice along `axis` and the index of each element.
  fileprivate func forEachSlice(_ axis: Int, _ body: (Int, Int) -> Void) {
    let inner = dims[(axis + 1)...].reduce(1, *)
    for index in 0..<count { body(index / inner % dims[axis], index) }
  }
}
