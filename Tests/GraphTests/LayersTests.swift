import Graph
import Tensor
import Testing

@Suite struct LayersTests {
  private let matrix = Tensor([Float](repeating: 1, count: 6), shape: [2, 3])

  private func model(_ nodes: [Node], _ constants: [String: Tensor], input: [Dim] = [.symbol("N"), 2]) throws
    -> Model
  {
    try Model(
      Graph(
        inputs: [ValueInfo(name: "x", dtype: .float32, dims: input)],
        outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)], nodes: nodes, constants: constants))
  }

  private func name(weight: String, node: String) throws -> String {
    let node = Node(name: node, type: "MatMul", inputs: ["x", weight], outputs: ["y"])
    return try model([node], [weight: matrix]).layers[0].name
  }

  @Test(arguments: [
    ("conv1.weight", "/c/Conv", "conv1"), ("dense/kernel", "", "dense"), ("block/weight", "", "block"),
    ("features.0.weight", "", "features.0"), ("W", "", "W"),
    ("dense/MatMul/ReadVariableOp:0", "", "dense/MatMul/ReadVariableOp:0"),
    ("onnx::MatMul_41", "/l1/c1/MatMul", "l1.c1"), ("123", "/l1/MatMul_2", "l1"), ("123", "dense", "dense"),
    ("/l1/Constant_output_0", "/l1/fc/MatMul", "l1.fc"), ("Constant_3_output_0", "MatMul_7", "MatMul_1"),
    ("onnx::MatMul_41", "", "MatMul_1"), ("77", "/MatMul", "MatMul_1"),
  ])
  func namesAreForPeople(weight: String, node: String, expected: String) throws {
    #expect(try name(weight: weight, node: node) == expected)
  }

  @Test func sameNamesGetNumbers() throws {
    let square = Tensor([Float](repeating: 1, count: 4), shape: [2, 2])
    let nodes = [
      Node(name: "/a/MatMul", type: "MatMul", inputs: ["x", "1"], outputs: ["h1"]),
      Node(name: "/a/MatMul_1", type: "MatMul", inputs: ["h1", "2"], outputs: ["h2"]),
      Node(name: "", type: "MatMul", inputs: ["h2", "3"], outputs: ["h3"]),
      Node(name: "", type: "MatMul", inputs: ["h3", "4"], outputs: ["y"]),
    ]
    let model = try model(nodes, ["1": square, "2": square, "3": square, "4": square])
    #expect(model.layers.map(\.name) == ["a", "a_2", "MatMul_1", "MatMul_2"])
  }

  @Test func weightsAreFoundBehindOtherNodes() throws {
    let integers = Tensor([1, 2, 3, 4, 5, 6] as [Int8], shape: [3, 2])
    let nodes = [
      Node(name: "q", type: "DequantizeLinear", inputs: ["w.weight", "s"], outputs: ["w1"]),
      Node(name: "i", type: "Identity", inputs: ["w1"], outputs: ["w2"]),
      Node(
        name: "t", type: "Transpose", inputs: ["w2"], outputs: ["w3"], attributes: ["perm": .ints([1, 0])]),
      Node(name: "m", type: "MatMul", inputs: ["x", "w3"], outputs: ["y"]),
    ]
    let model = try model(nodes, ["w.weight": integers, "s": Tensor(scalar: Float(0.5))])
    let layer = try #require(model.layers.first)
    #expect(layer.name == "w")
    #expect(layer.weight == "w.weight")
    #expect(layer.shape == [3, 2])
    // As stored, not as the product sees it.
    #expect(layer.slot.outputAxis == 0 && layer.slot.inputAxis == 1)
    #expect(layer.macs == 6)
  }

  @Test func oldDequantizationIsSeenThrough() throws {
    let integers = Tensor([1, 2, 3, 4, 5, 6] as [Int8], shape: [2, 3])
    let nodes = [
      Node(name: "c", type: "Cast", inputs: ["w.weight"], outputs: ["w1"], attributes: ["to": .int(1)]),
      Node(name: "s", type: "Mul", inputs: ["w1", "s"], outputs: ["w2"]),
      Node(name: "m", type: "MatMul", inputs: ["x", "w2"], outputs: ["y"]),
    ]
    let scales = Tensor([0.5, 1, 2] as [Float], shape: [1, 3])
    let model = try model(nodes, ["w.weight": integers, "s": scales])
    #expect(model.layers.map(\.weight) == ["w.weight"])
    #expect(model.layers.first?.slot.outputAxis == 1)
  }

  @Test func macsAreForOneSample() throws {
    let node = Node(name: "", type: "MatMul", inputs: ["x", "w.weight"], outputs: ["y"])
    for first in [Dim.symbol("batch"), .unknown, 1, 8] {
      let model = try model([node], ["w.weight": matrix], input: [first, 2])
      #expect(model.layers.map(\.macs) == [6])
      #expect(model.fixedBatch == first.value)
    }
  }

  @Test func unknownOperatorsAreListed() throws {
    let nodes = [
      Node(name: "a", type: "Frobnicate", inputs: ["x"], outputs: ["h"]),
      Node(name: "b", type: OperatorType("Twist", domain: "com.example"), inputs: ["h"], outputs: ["g"]),
      Node(name: "c", type: "Frobnicate", inputs: ["g"], outputs: ["f"]),
      Node(name: "d", type: "MatMul", inputs: ["f", "w.weight"], outputs: ["y"]),
    ]
    let model = try model(nodes, ["w.weight": matrix])
    #expect(model.unsupported == ["Frobnicate", "com.example.Twist"])
    #expect(model.layers.map(\.name) == ["w"])
    #expect(model.layers[0].macs == nil)
  }

  @Test func theHashIsOfContents() throws {
    let node = Node(name: "n", type: "MatMul", inputs: ["x", "w.weight"], outputs: ["y"])
    let first = try model([node], ["w.weight": matrix])
    #expect(first.contentHash == (try model([node], ["w.weight": matrix])).contentHash)
    var values = matrix.floats
    values[3] = 2
    #expect(
      first.contentHash != (try model([node], ["w.weight": Tensor(values, shape: [2, 3])])).contentHash)
    var other = first.graph
    other.nodes[0].attributes["a"] = .int(1)
    #expect(first.contentHash != other.contentHash)
  }
}
