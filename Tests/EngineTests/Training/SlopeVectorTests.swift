import Engine
import Foundation
import Graph
import Tensor
import Testing

/// Single operators against torch.autograd, where conventions decide: `Tests/Vectors/make_slopes.py`.
@Suite struct SlopeVectorTests {
  private struct Case: Decodable {
    struct Array: Decodable {
      var shape: [Int]
      var values: [Double]
      var tensor: Tensor { Tensor(values.map { Float($0) }, shape: Shape(shape)) }
    }
    enum Value: Decodable {
      case int(Int)
      case float(Float)
      case ints([Int])
      case string(String)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Int.self) {
          self = .int(value)
        } else if let value = try? container.decode(Float.self) {
          self = .float(value)
        } else if let value = try? container.decode([Int].self) {
          self = .ints(value)
        } else {
          self = .string(try container.decode(String.self))
        }
      }

      var attribute: Attribute {
        switch self {
        case .int(let value): .int(value)
        case .float(let value): .float(value)
        case .ints(let values): .ints(values)
        case .string(let text): .string(text)
        }
      }
    }
    struct Input: Decodable {
      var op: String
      var attributes: [String: Value]
      var inputs: [Array?]
      var learning: [Int]
    }
    struct Output: Decodable {
      var arriving: Array
      var value: Array
    }
    struct Expected: Decodable {
      var outputs: [Output]
      var gradients: [Array]
    }
    var name: String
    var input: Input
    var expected: Expected
  }

  @Test func torchAgrees() throws {
    struct File: Decodable { var cases: [Case] }
    let tests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let cases = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: tests.appending(path: "Vectors/slopes.json"))
    ).cases
    #expect(cases.count >= 16)
    for vector in cases { try check(vector) }
  }

  private func check(_ vector: Case) throws {
    var graph = Graph(opsets: ["": 20])
    for case (let index, let array?) in vector.input.inputs.enumerated() {
      graph.constants["i\(index)"] = array.tensor
    }
    let names = vector.expected.outputs.indices.map { "y\($0)" }
    graph.nodes = [
      Node(
        name: vector.name, type: OperatorType(vector.input.op),
        inputs: vector.input.inputs.enumerated().map { $1 == nil ? "" : "i\($0)" }, outputs: names,
        attributes: vector.input.attributes.mapValues(\.attribute))
    ]
    graph.outputs = names.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    let training = try TrainingGraph(
      graph, learning: Set(vector.input.learning.map { "i\($0)" }), inputs: [:])
    let results = try training.forward([:], isTraining: true)
    var arriving: [String: Tensor] = [:]
    for (name, output) in zip(names, vector.expected.outputs) {
      arriving[name] = output.arriving.tensor
      compare(try #require(results[name]).floats, output.value, "\(name) of \(vector.name)")
    }
    try training.backward(arriving)
    for (index, gradient) in zip(vector.input.learning, vector.expected.gradients) {
      compare(
        training.withGradient("i\(index)") { Array($0) }, gradient,
        "the gradient of input \(index) of \(vector.name)")
    }
  }

  private func compare(_ values: [Float], _ wanted: Case.Array, _ what: String) {
    let largest = wanted.values.map(abs).max() ?? 0
    let isEqual =
      values.count == wanted.values.count
      && zip(values, wanted.values).allSatisfy { abs(Double($0) - $1) <= 1e-6 + 1e-5 * largest }
    #expect(isEqual, "\(what): \(values) instead of \(wanted.values)")
  }
}
