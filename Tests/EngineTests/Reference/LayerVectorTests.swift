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
      try node.check { graph, inputs in try ExecutionPlan(graph, for: inputs).run(inputs) }
    }
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

  /// Compares what `evaluate` gives, and what is inferred.
  func check(_ evaluate: (Graph, [String: Tensor]) throws -> [String: Tensor]) throws {
    // Weights are known beforehand, as those of a model are; the first input is not.
    var graph = Graph(opsets: ["": input.opset, "com.microsoft": 1])
    var inputs: [String: Tensor] = [:]
    for (index, elements) in input.inputs.enumerated() {
      guard let tensor = elements?.tensor else { continue }
      if index > 0 {
        graph.constants["x\(index)"] = tensor
        continue
      }
      graph.inputs = [ValueInfo(name: "x0", dtype: tensor.dtype, dims: tensor.shape.dims.map { Dim($0) })]
      inputs["x0"] = tensor
    }
    let wanted = expected.outputs.enumerated().map { ($1 == nil ? "" : "y\($0)", $1?.tensor) }
    graph.outputs = wanted.filter { $0.1 != nil }.map { ValueInfo(name: $0.0, dtype: nil, dims: nil) }
    graph.nodes = [
      Node(
        name: "node", type: OperatorType(input.type, domain: input.domain),
        inputs: input.inputs.enumerated().map { $1 == nil ? "" : "x\($0)" }, outputs: wanted.map(\.0),
        attributes: Dictionary(uniqueKeysWithValues: input.attributes.map { ($0.name, $0.attribute) }))
    ]
    do {
      let results = try evaluate(graph, inputs)
      for case (let output, let tensor?) in wanted {
        guard let result = results[output] else { throw Difference("output '\(output)' is missing") }
        try Difference.check(result, against: tensor, name: output, absolute: 1e-5)
      }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}
