import Compression
import Engine
import Graph
import Tensor
import Testing

@Suite struct ShallowerModelTests {
  /// A stem, two blocks with identity shortcuts and between them one that is projected: `[N, 3, 6, 6]` to `[N, 5]`.
  ///
  /// - Parameter blocks: which of the blocks there are.
  private func resnet(_ blocks: [Int] = [1, 2, 3], tap: Bool = false) throws -> Model {
    var random = SplitMix(seed: 31)
    var builder = GraphBuilder()
    func conv(_ x: String, _ name: String, _ shape: Shape, isThere: Bool = true) {
      let (weight, bias) = (random.normal(shape), random.normal([shape[0]]))
      guard isThere else { return }
      builder.constants[name + ".weight"] = weight
      builder.constants[name + ".bias"] = bias
      let pad = shape[2] / 2
      builder.add(
        "Conv", [x, name + ".weight", name + ".bias"], name, ["pads": .ints([pad, pad, pad, pad])])
    }
    func relu(_ x: String, _ name: String) { builder.add("Relu", [x], name) }
    conv("x", "stem", [4, 3, 3, 3])
    relu("stem", "stem.relu")
    var last = "stem.relu"
    for block in 1...3 {
      let isThere = blocks.contains(block)
      let (inputs, outputs) = (block == 3 ? 6 : 4, block == 1 ? 4 : 6)
      let name = "block\(block)"
      conv(last, name + ".conv1", [outputs, inputs, 3, 3], isThere: isThere)
      if isThere { relu(name + ".conv1", name + ".relu") }
      conv(name + ".relu", name + ".conv2", [outputs, outputs, 3, 3], isThere: isThere)
      if block == 2 { conv(last, "block2.down", [6, 4, 1, 1], isThere: isThere) }
      if isThere {
        builder.add("Add", [name + ".conv2", block == 2 ? "block2.down" : last], name + ".sum")
        last = name + ".sum"
      }
      relu(last, name + ".out")
      last = name + ".out"
    }
    builder.constants["fc.weight"] = random.normal([5, 6])
    builder.add("GlobalAveragePool", [last], "pool")
    builder.add("Flatten", ["pool"], "flat")
    builder.add("Gemm", ["flat", "fc.weight"], "y", ["transB": .int(1)])
    var graph = try builder.model("resnet", input: [3, 6, 6]).graph
    if tap { graph.outputs.append(ValueInfo(name: "block1.relu", dtype: .float32, dims: nil)) }
    return try Model(graph)
  }

  private func outputs(_ graph: Graph, _ shape: Shape) throws -> [Float] {
    var random = SplitMix(seed: 32)
    let x = random.normal(shape)
    return try #require(try ReferenceEvaluator(graph).run(["x": x])["y"]).floats
  }

  private func message(_ model: Model, _ patterns: String...) throws -> String {
    try #require(throws: RecipeError.self) { try model.withoutBlocks(patterns) }.description
  }

  @Test(
    arguments: [
      (["block1.conv1"], [2, 3]), (["block1.*"], [2, 3]), (["block3.conv?"], [1, 2]),
      (["block1.conv2", "block3.conv1"], [2]),
    ])
  func isTheNetworkWithoutThem(_ patterns: [String], _ left: [Int]) throws {
    let shallow = try resnet().withoutBlocks(patterns)
    let byHand = try resnet(left)
    #expect(shallow.graph.contentHash == byHand.graph.contentHash)
    #expect(shallow.graph.constants.keys.sorted() == byHand.graph.constants.keys.sorted())
    let y = try outputs(shallow.graph, [2, 3, 6, 6])
    #expect(y == (try outputs(byHand.graph, [2, 3, 6, 6])))
    #expect(y != (try outputs(try resnet().graph, [2, 3, 6, 6])))
  }

  @Test func branchesOfATransformer() throws {
    let model = try Fixtures.transformer(isCausal: true)
    let withoutAttention = try model.withoutBlocks(["q"])
    #expect(withoutAttention.layers.map(\.name) == ["up", "down"])
    #expect(withoutAttention.graph.nodes.count { $0.type == "Softmax" } == 0)
    #expect(try outputs(withoutAttention.graph, [2, 5, 12]).count == 120)
    // The last sum is the model's output, whose name stays.
    let withoutDense = try model.withoutBlocks(["down"])
    #expect(withoutDense.layers.map(\.name) == ["q", "k", "v", "out"])
    #expect(withoutDense.graph.outputs.map(\.name) == ["y"])
    #expect(try outputs(withoutDense.graph, [2, 5, 12]).count == 120)
    let nothing = try model.withoutBlocks(["out", "up"])
    var random = SplitMix(seed: 32)
    #expect(try outputs(nothing.graph, [2, 5, 12]) == random.normal([2, 5, 12]).floats)
  }

  /// A layer names the innermost of the blocks that it is in.
  @Test func blocksInBlocks() throws {
    var random = SplitMix(seed: 33)
    var builder = GraphBuilder()
    for name in ["a", "b", "c"] { builder.constants[name + ".weight"] = random.normal([6, 6]) }
    builder.add("MatMul", ["x", "a.weight"], "a")
    builder.add("MatMul", ["a", "b.weight"], "b")
    builder.add("Add", ["a", "b"], "inner")
    builder.add("MatMul", ["inner", "c.weight"], "c")
    builder.add("Add", ["c", "x"], "outer")
    builder.add("Relu", ["outer"], "y")
    let model = try builder.model("nested", input: [6])
    #expect(try model.withoutBlocks(["b"]).layers.map(\.name) == ["a", "c"])
    for patterns in [["a"], ["b", "c"], ["*"]] {
      let shallow = try model.withoutBlocks(patterns)
      #expect(shallow.graph.nodes.map(\.type) == ["Relu"])
      #expect(shallow.graph.constants.isEmpty)
    }
  }

  @Test func refusesWhatIsNoBlock() throws {
    let model = try resnet()
    let known = "; blocks that can be are those of block1.conv1 block1.conv2, block3.conv1 block3.conv2"
    #expect(
      try message(model, "block2.*")
        == "distillation.blocks[0]: layer 'block2.conv1' cannot be left out: its shortcut is not the identity: node "
        + "'/block2.sum/Add' adds something else that is computed" + known)
    #expect(try message(model, "block2.down").contains("its shortcut is not the identity"))
    for layer in ["stem", "fc"] {
      #expect(
        try message(model, "block1.conv1", layer)
          == "distillation.blocks[1]: layer '\(layer)' cannot be left out: it lies in no residual block"
          + known)
    }
    #expect(
      try message(model, "block1", "layer3.*")
        == "distillation.blocks[0]: no layer matches 'block1'" + known)
    #expect(
      try message(try Fixtures.narrowLenet(), "conv2")
        == "distillation.blocks[0]: layer 'conv2' cannot be left out: it lies in no residual block; the model has "
        + "no block that can be left out")
  }

  @Test func refusesWhatOthersRead() throws {
    #expect(
      try message(try resnet(tap: true), "block1.conv2").contains(
        "layer 'block1.conv1' cannot be left out: 'block1.conv1' is read outside of its block"))
  }

  @Test func refusesAShortcutThatIsStretched() throws {
    var random = SplitMix(seed: 34)
    var builder = GraphBuilder()
    builder.constants = ["a.weight": random.normal([1, 6])]
    builder.add("MatMul", ["x", "a.weight"], "a")
    builder.add("Add", ["a", "x"], "y")
    let model = try builder.model("stretched", input: [1])
    #expect(try message(model, "a").contains("its shortcut is 1·1, which is stretched to 1·6"))
  }

  @Test func sizesAloneMakeNoBlock() throws {
    // Positions are looked up by the number of tokens, as GPT has them.
    var random = SplitMix(seed: 35)
    var builder = GraphBuilder()
    builder.constants = [
      "a.weight": random.normal([6, 6]), "table.weight": random.normal([1, 6]),
      "zero": Tensor([0] as [Int64]), "one": Tensor([1] as [Int64]),
    ]
    builder.add("MatMul", ["x", "a.weight"], "a")
    builder.add("Shape", ["a"], "sizes")
    builder.add("Slice", ["sizes", "zero", "one", "zero"], "rows")
    builder.add("ConstantOfShape", ["rows"], "numbers", ["value": .tensor(Tensor([0] as [Int64]))])
    builder.add("Gather", ["table.weight", "numbers"], "table")
    builder.add("Add", ["a", "table"], "y")
    let model = try builder.model("positions", input: [6])
    for layer in model.layers.map(\.name) {
      #expect(try message(model, layer).contains("it lies in no residual block"))
    }
  }
}
