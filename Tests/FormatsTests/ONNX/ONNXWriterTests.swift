import Formats
import Foundation
import Graph
import Tensor
import Testing

@Suite struct ONNXWriterTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> Graph {
    try ONNXReader.read(path: try directory.write(bytes, to: "model.onnx"))
  }

  @Test(arguments: [Fixture.kitchen, Fixture.custom])
  func roundTrip(_ model: [UInt8]) throws {
    let graph = try read(model)
    let bytes = try ONNXWriter.bytes(of: graph)
    let again = try read(bytes)
    #expect(try ONNXWriter.bytes(of: again) == bytes)
    #expect(again.name == graph.name)
    #expect(again.inputs == graph.inputs)
    #expect(again.opsets == graph.opsets)
    #expect(again.widths == graph.widths)
    #expect(again.metadata == graph.metadata)
    #expect(again.constants.mapValues(\.contentHash) == graph.constants.mapValues(\.contentHash))
    #expect(again.nodes.map(\.name) == graph.nodes.map(\.name))
    #expect(again.nodes.map(\.inputs) == graph.nodes.map(\.inputs))
    #expect(again.nodes.map(\.outputs) == graph.nodes.map(\.outputs))
    for (before, after) in zip(graph.nodes, again.nodes) {
      #expect(before.attributes.keys.sorted() == after.attributes.keys.sorted())
      for (name, value) in before.attributes {
        #expect(describe(value) == after.attributes[name].map(describe))
      }
    }
  }

  private func describe(_ attribute: Attribute) -> String {
    switch attribute {
    case .tensor(let tensor): tensor.contentHash.description
    case .graph(let graph): "\(graph.nodes.map(\.type)) \(graph.constants.mapValues(\.contentHash))"
    default: "\(attribute)"
    }
  }

  @Test func sameGraphSameBytes() throws {
    let names = (0..<50).map { "w\($0)" }
    let constants = Dictionary(uniqueKeysWithValues: names.map { ($0, Tensor(scalar: Float(1))) })
    let first = Graph(constants: constants)
    var second = Graph()
    for name in names.shuffled() { second.constants[name] = constants[name] }
    #expect(try ONNXWriter.bytes(of: first) == ONNXWriter.bytes(of: second))
  }

  @Test func infersWhatOutputsDoNotSay() throws {
    let graph = Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 3])],
      outputs: [ValueInfo(name: "y", dtype: nil, dims: nil)],
      nodes: [Node(name: "", type: "Relu", inputs: ["x"], outputs: ["y"])])
    let again = try read(ONNXWriter.bytes(of: graph))
    #expect(again.outputs == [ValueInfo(name: "y", dtype: .float32, dims: [.symbol("N"), 3])])
  }

  @Test func refusesWhatItCannotWrite() throws {
    let node = Node(
      name: "odd", type: "Relu", inputs: [], outputs: ["y"],
      attributes: ["a": .unsupported("a sparse tensor")])
    let path = directory.file("out.onnx")
    expectReason(path, "'odd'", "'a'", "sparse tensor") {
      try ONNXWriter.write(Graph(nodes: [node]), to: path)
    }
    let untyped = Graph(inputs: [ValueInfo(name: "text", dtype: nil, dims: [1])])
    expectReason(path, "'text'", "type") { try ONNXWriter.write(untyped, to: path) }
    #expect(try directory.contents.isEmpty)
  }

  /// A model can be written over the file that its weights are mapped from.
  @Test func overwritesItsOwnSource() throws {
    let path = try directory.write(Fixture.kitchen, to: "model.onnx")
    let graph = try ONNXReader.read(path: path)
    try ONNXWriter.write(graph, to: path)
    #expect(graph.constants["w"]?.floats == (0..<12).map { Float($0) / 8 })
    let again = try ONNXReader.read(path: path)
    #expect(again.constants["w"]?.contentHash == graph.constants["w"]?.contentHash)
    #expect(try directory.contents == ["model.onnx"])
  }

  /// Whoever trains a network writes over its file while Pare has it open.
  @Test func keepsWhatItReadWhereTheFileIsCutOff() throws {
    let path = try directory.write(Fixture.kitchen, to: "model.onnx")
    let graph = try ONNXReader.read(path: path)
    #expect(truncate(path, 0) == 0)
    #expect(graph.constants["w"]?.floats == (0..<12).map { Float($0) / 8 })
    for constant in graph.constants.values { _ = constant.contentHash }
  }
}
