import Foundation
import Graph
import Tensor

/// A case of `Tests/Vectors/movers.json`: a node, its inputs and its outputs.
struct MoverVector: Decodable {
  var name: String
  var input: Input
  var expected: [Value]

  struct Input: Decodable {
    var op: String
    var opset: Int
    var inputs: [Value?]
    var attributes: [String: Setting]
  }

  struct Value: Decodable {
    /// ONNX's number.
    var dtype: Int
    var shape: [Int]
    var values: [Decimal]
    var constant: Bool?

    func tensor() throws -> Tensor {
      guard let dtype = DType(rawValue: dtype) else { throw Difference("element type \(dtype)") }
      if dtype.isFloatingPoint {
        return Tensor(values.map { NSDecimalNumber(decimal: $0).doubleValue }, shape: Shape(shape))
          .converted(to: dtype)
      }
      return Tensor(
        wrapping: values.map { NSDecimalNumber(decimal: $0).intValue }, as: dtype, shape: Shape(shape))
    }
  }

  /// An attribute: one of these.
  struct Setting: Decodable {
    var int: Int?
    var ints: [Int]?
    var float: Float?
    var floats: [Float]?
    var string: String?
    var tensor: Value?

    func attribute() throws -> Attribute {
      if let int { return .int(int) }
      if let ints { return .ints(ints) }
      if let float { return .float(float) }
      if let floats { return .floats(floats) }
      if let string { return .string(string) }
      guard let tensor else { throw Difference("an attribute has no value") }
      return .tensor(try tensor.tensor())
    }
  }

  private struct File: Decodable {
    var cases: [MoverVector]
  }

  static func read(_ name: String) throws -> [MoverVector] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appending(path: "Vectors/\(name).json"))
    return try JSONDecoder().decode(File.self, from: data).cases
  }

  /// The node alone, with the inputs that are part of the model as constants.
  func graph() throws -> Graph {
    var graph = Graph(opsets: ["": input.opset])
    for (index, value) in input.inputs.enumerated() {
      guard let value else { continue }
      if value.constant == true {
        graph.constants["i\(index)"] = try value.tensor()
      } else {
        graph.inputs.append(
          ValueInfo(name: "i\(index)", dtype: DType(rawValue: value.dtype), dims: value.shape.map { Dim($0) })
        )
      }
    }
    let outputs = expected.indices.map { "o\($0)" }
    graph.outputs = outputs.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    graph.nodes = [
      Node(
        name: name, type: OperatorType(input.op),
        inputs: input.inputs.indices.map { input.inputs[$0] == nil ? "" : "i\($0)" }, outputs: outputs,
        attributes: try input.attributes.mapValues { try $0.attribute() })
    ]
    return graph
  }

  /// The other inputs by name.
  func feeds() throws -> [String: Tensor] {
    var feeds: [String: Tensor] = [:]
    for (index, value) in input.inputs.enumerated() where value?.constant == false {
      feeds["i\(index)"] = try value?.tensor()
    }
    return feeds
  }
}
