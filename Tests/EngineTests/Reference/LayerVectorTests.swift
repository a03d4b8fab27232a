import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single nodes against ONNX Runtime: what ONNX's own cases leave out of layers with weights, windows and
/// normalisations.
@Suite struct LayerVectorTests {
  @Test func definitionsAgree() throws {
    let cases = try VectorNode.cases("layers")
    #expect(cases.count > 200)
    for node in cases {
      try node.check { graph, inputs in try ReferenceEvaluator(graph).run(inputs) }
    }
  }

  @Test func engineAgrees() throws {
    for node in try VectorNode.cases("layers") {
      try node.check { graph, inputs in try GraphProgram(graph).run(inputs) }
    }
  }
}

extension LayerVectorTests {
  /// Inputs that fit no more, or are empty, give an error or a result, and the same kind of one from both.
  @Test func otherSizesNeverTrap() throws {
    var (results, refusals) = (0, 0)
    for (number, node) in try VectorNode.cases("layers").enumerated() {
      for (index, tensor) in node.inputs where (index + number) % 3 == 0 || index == 0 {
        for axis in tensor.shape.dims.indices {
          for size in [0, tensor.shape[axis] + 1] {
            let (graph, inputs) = node.resized(index, axis: axis, to: size)
            let plain = try? ReferenceEvaluator(graph).run(inputs)
            let fast = try? GraphProgram(graph).run(inputs)
            #expect((plain == nil) == (fast == nil), "\(node.name), input \(index), axis \(axis), \(size)")
            if plain == nil { refusals += 1 } else { results += 1 }
          }
        }
      }
    }
    #expect(results > 100 && refusals > 100)
  }
}

/// A node with its inputs and outputs, as a file of `Tests/Vectors` has it.
struct VectorNode: Decodable {
  let name: String
  private let input: Input
  private let expected: Expected

  private struct Input: Decodable {
    var type: String
    var domain: String
    var opset: Int
    var attributes: [AttributeText]
    var inputs: [Elements?]
  }

  private struct Expected: Decodable { var outputs: [Elements?] }

  private struct AttributeText: Decodable {
    var name: String
    var isList: Bool
    var ints: [Int]?
    var floats: [Float]?
    var strings: [String]?

    var attribute: Attribute {
      if let ints { return isList ? .ints(ints) : .int(ints.first ?? 0) }
      if let floats { return isList ? .floats(floats) : .float(floats.first ?? 0) }
      let strings = strings ?? []
      return isList ? .strings(strings) : .string(strings.first ?? "")
    }
  }

  private struct Elements: Decodable {
    var dtype: String
    var shape: [Int]
    var values: [Double]

    var tensor: Tensor {
      let numbers = Tensor(values, shape: Shape(shape))
      return DType.allCases.first { "\($0)" == dtype }.map { numbers.converted(to: $0) } ?? numbers
    }
  }

  static func cases(_ file: String) throws -> [VectorNode] {
    struct File: Decodable { var cases: [VectorNode] }
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Vectors")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File.self, from: Data(contentsOf: folder.appending(path: "\(file).json"))).cases
  }

  /// By number, those that are given.
  var inputs: [(index: Int, tensor: Tensor)] {
    input.inputs.enumerated().compactMap { index, elements in elements.map { (index, $0.tensor) } }
  }

  /// The node as a graph, with other elements along an axis of an input.
  func resized(_ index: Int, axis: Int, to size: Int) -> (Graph, [String: Tensor]) {
    graph(
      inputs.map { number, tensor in
        guard number == index else { return (number, tensor) }
        var shape = tensor.shape
        shape.dims[axis] = size
        let values = tensor.doubles
        let numbers = (0..<shape.count).map { values.isEmpty ? 0 : values[$0 % values.count] }
        return (number, Tensor(numbers, shape: shape).converted(to: tensor.dtype))
      })
  }

  /// Weights are known beforehand, as those of a model are; the first input is not.
  private func graph(_ tensors: [(index: Int, tensor: Tensor)]) -> (Graph, [String: Tensor]) {
    var graph = Graph(opsets: ["": input.opset, "com.microsoft": 1])
    var inputs: [String: Tensor] = [:]
    for (index, tensor) in tensors {
      if index > 0 {
        graph.constants["x\(index)"] = tensor
        continue
      }
      graph.inputs = [ValueInfo(name: "x0", dtype: tensor.dtype, dims: tensor.shape.dims.map { Dim($0) })]
      inputs["x0"] = tensor
    }
    let outputs = expected.outputs.enumerated().map { $1 == nil ? "" : "y\($0)" }
    graph.outputs = outputs.filter { !$0.isEmpty }.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    graph.nodes = [
      Node(
        name: "node", type: OperatorType(input.type, domain: input.domain),
        inputs: input.inputs.enumerated().map { $1 == nil ? "" : "x\($0)" }, outputs: outputs,
        attributes: Dictionary(uniqueKeysWithValues: input.attributes.map { ($0.name, $0.attribute) }))
    ]
    return (graph, inputs)
  }

  /// Compares what `evaluate` gives with what is expected.
  func check(_ evaluate: (Graph, [String: Tensor]) throws -> [String: Tensor]) throws {
    let (graph, inputs) = graph(inputs)
    do {
      let results = try evaluate(graph, inputs)
      for (index, elements) in expected.outputs.enumerated() {
        guard let tensor = elements?.tensor else { continue }
        guard let result = results["y\(index)"] else { throw Difference("output \(index) is missing") }
        try Difference.check(result, against: tensor, name: "y\(index)", absolute: 1e-5)
      }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}
