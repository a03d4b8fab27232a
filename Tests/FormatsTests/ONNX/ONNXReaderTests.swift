import Formats
import Graph
import Tensor
import Testing

@Suite struct ONNXReaderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> Graph {
    try ONNXReader.read(path: try directory.write(bytes, to: "model.onnx"))
  }

  @Test func readsNodesInputsAndOutputs() throws {
    let graph = try read(Fixture.kitchen)
    #expect(graph.name == "kitchen")
    #expect(graph.opsets == ["": 21, "my.domain": 1])
    #expect(graph.inputs == [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 3])])
    #expect(graph.outputs == [ValueInfo(name: "y", dtype: .float32, dims: [.symbol("N"), 4])])
    #expect(graph.nodes.map(\.type.name) == ["Gemm", "Add", "If", "LeakyRelu"])
    #expect(graph.nodes[0].name == "/fc/Gemm")
    #expect(graph.nodes[0].inputs == ["x", "w", "b"])
    #expect(try graph.nodes[0].float("alpha") == 0.5)
    #expect(try graph.nodes[0].int("transB") == 1)
  }

  @Test func readsEveryElementType() throws {
    let constants = try read(Fixture.kitchen).constants
    #expect(constants["w"]?.shape == [4, 3])
    #expect(constants["w"]?.floats == (0..<12).map { Float($0) / 8 })
    #expect(constants["b"]?.floats == [1, -2, 3, 0.5])
    #expect(constants["i8"]?.integers == [-128, 0, 127])
    #expect(constants["u8"]?.integers == [0, 255])
    #expect(constants["i64"]?.integers == [-1, 4])
    #expect(constants["i32"]?.integers == [-7, 0x7fff_ffff])
    #expect(constants["u64"]?.array(of: UInt64.self) == [.max])
    #expect(constants["u32"]?.array(of: UInt32.self) == [.max])
    #expect(constants["f64"]?.array(of: Double.self) == [0.1, -2])
    #expect(constants["f16"]?.floats == [1.5, -0.25])
    #expect(constants["bf16"]?.floats == [1.5, -2])
    #expect(constants["flag"]?.array(of: Bool.self) == [true, false, true])
    #expect(constants["i4"]?.integers == [-8, 7, 1])
    #expect(constants["u4"]?.integers == [15, 0, 9])
    #expect(constants["none"]?.shape == [0, 5])
    #expect(constants["cond"]?.shape == [])
  }

  @Test func hoistsConstantNodes() throws {
    let graph = try read(Fixture.kitchen)
    #expect(graph.constants["k"]?.floats == [2])
    #expect(graph.constants["axes"]?.integers == [0])
    #expect(graph.constants["axes"]?.shape == [1])
    guard case .graph(let inner)? = graph.nodes[2].attributes["else_branch"] else {
      Issue.record("no graph")
      return
    }
    #expect(inner.constants["c"]?.floats == [2])
    #expect(inner.constants["c"]?.shape == [])
    #expect(inner.nodes.map(\.type) == ["Mul"])
    #expect(inner.opsets == graph.opsets)
  }

  @Test func splitsWidthsFromMetadata() throws {
    let graph = try read(Fixture.kitchen)
    #expect(graph.widths == ["i8": 5])
    #expect(graph.metadata == ["note": "hello"])
  }

  @Test func readsAttributesOfEveryKind() throws {
    let graph = try read(Fixture.custom)
    let node = graph.nodes[0]
    #expect(node.type == OperatorType("Custom", domain: "my.domain"))
    #expect(node.inputs == ["x", ""])
    #expect(try node.string("mode") == "so")
    #expect(try node.ints("pads") == [0, -1, 300])
    #expect(try node.floats("factors") == [0.5, 2])
    #expect(try node.int("flag") == -3)
    #expect(try node.tensor("value")?.integers == [5, 6])
    guard case .strings(["a", "b"])? = node.attributes["names"] else {
      Issue.record("names")
      return
    }
  }

  @Test func namesInputAxesThatHaveNone() throws {
    let graph = try read(Fixture.custom)
    #expect(graph.inputs[0].dims == [.symbol("x.0"), 3])
    #expect(graph.outputs[0].dims == nil)
  }

  @Test func usesAlignedWeightsInPlace() throws {
    let graph = Graph(constants: ["w": Tensor([Float](repeating: 1, count: 64))])
    let bytes = try ONNXWriter.bytes(of: graph)
    // Move the payload to each offset within an element: the numbers are right at every one.
    for padding in 0..<8 {
      var doc = WireWriter()
      doc.text(6, String(repeating: " ", count: padding))
      var moved: [UInt8] = []
      try doc.forEachRun { moved.append(contentsOf: $0) }
      let again = try read(moved + bytes)
      #expect(again.constants["w"]?.floats == [Float](repeating: 1, count: 64))
    }
  }

  @Test func sortsNodes() throws {
    var graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [1])],
      outputs: [ValueInfo(name: "z", dtype: .float32, dims: [1])],
      nodes: [
        Node(name: "b", type: "Relu", inputs: ["y"], outputs: ["z"]),
        Node(name: "a", type: "Relu", inputs: ["x"], outputs: ["y"]),
      ])
    #expect(try read(ONNXWriter.bytes(of: graph)).nodes.map(\.name) == ["a", "b"])
    graph.nodes[1].inputs = ["z"]
    expectReason("model.onnx", "depends on its own output") { _ = try read(ONNXWriter.bytes(of: graph)) }
    graph.nodes[1].inputs = ["nothing"]
    expectReason("model.onnx", "reads 'nothing'") { _ = try read(ONNXWriter.bytes(of: graph)) }
  }

  @Test func readsTensorFiles() throws {
    let path = directory.file("t.pb")
    try ONNXWriter.writeTensor(Tensor([Int16(-3), 9], shape: [1, 2]), name: "t", to: path)
    let tensor = try ONNXReader.readTensor(path: path)
    #expect(tensor.dtype == .int16)
    #expect(tensor.shape == [1, 2])
    #expect(tensor.integers == [-3, 9])
  }
}
