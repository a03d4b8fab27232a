import Foundation
import Graph
import Tensor

/// A node of `Tests/Vectors`, with its inputs and the outputs that another tool gives; `nodes.py` there says the form.
struct NodeVector: Decodable {
  let name: String
  private let input: Input
  private let expected: Expected

  static func read(_ name: String) throws -> [NodeVector] {
    struct File: Decodable { var cases: [NodeVector] }
    let tests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    return try JSONDecoder().decode(
      File.self, from: Data(contentsOf: tests.appending(path: "Vectors/\(name).json"))
    ).cases
  }

  /// By number, those that are given.
  var inputs: [Int: Tensor] {
    get throws {
      var tensors: [Int: Tensor] = [:]
      for (index, array) in input.inputs.enumerated() { tensors[index] = try array?.tensor }
      return tensors
    }
  }

  /// By name, those that are given.
  var outputs: [String: Tensor] {
    get throws {
      var tensors: [String: Tensor] = [:]
      for (index, array) in expected.outputs.enumerated() { tensors["y\(index)"] = try array?.tensor }
      return tensors
    }
  }

  /// The node alone, and what it is to be fed with.
  ///
  /// - Parameter inputs: by number.
  func graph(_ inputs: [Int: Tensor]) throws -> (graph: Graph, feeds: [String: Tensor]) {
    var graph = Graph(opsets: input.domain.isEmpty ? ["": input.opset] : ["": input.opset, input.domain: 1])
    var feeds: [String: Tensor] = [:]
    for (index, tensor) in inputs.sorted(by: { $0.key < $1.key }) {
      let name = "i\(index)"
      if input.constants.contains(index) {
        graph.constants[name] = tensor
      } else {
        feeds[name] = tensor
        graph.inputs.append(
          ValueInfo(name: name, dtype: tensor.dtype, dims: tensor.shape.dims.map { Dim($0) }))
      }
    }
    let outputs = expected.outputs.enumerated().map { $1 == nil ? "" : "y\($0)" }
    graph.outputs = outputs.filter { !$0.isEmpty }.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    graph.nodes = [
      Node(
        name: name, type: OperatorType(input.op, domain: input.domain),
        inputs: input.inputs.enumerated().map { $1 == nil ? "" : "i\($0)" }, outputs: outputs,
        attributes: try input.attributes.mapValues { try $0.value })
    ]
    return (graph, feeds)
  }

  /// - Parameter relative: by element type, and for all others.
  /// - Throws: `Difference`, or what `evaluate` throws.
  func check(
    relative: (DType) -> Double, absolute: Double, _ evaluate: ConformanceCase.Evaluate
  ) throws {
    let (graph, feeds) = try graph(inputs)
    let results = try evaluate(graph, feeds)
    for (name, wanted) in try outputs.sorted(by: { $0.key < $1.key }) {
      guard let result = results[name] else { throw Difference("there is no output \(name)") }
      try Difference.check(
        result, against: wanted, name: name, relative: relative(wanted.dtype), absolute: absolute)
    }
  }

  private struct Input: Decodable {
    var op: String
    var domain: String
    var opset: Int
    var attributes: [String: Setting]
    var inputs: [Array?]
    var constants: [Int]
  }

  private struct Expected: Decodable { var outputs: [Array?] }

  /// An attribute: one of these.
  private struct Setting: Decodable {
    var int: Int?
    var float: Float?
    var string: String?
    var ints: [Int]?
    var floats: [Float]?
    var strings: [String]?
    var tensor: Array?

    var value: Attribute {
      get throws {
        if let int { return .int(int) }
        if let float { return .float(float) }
        if let string { return .string(string) }
        if let ints { return .ints(ints) }
        if let floats { return .floats(floats) }
        if let strings { return .strings(strings) }
        guard let tensor else { throw Difference("an attribute has no value") }
        return .tensor(try tensor.tensor)
      }
    }
  }

  private struct Array: Decodable {
    var dtype: String
    var shape: [Int]
    var values: [Number]

    var tensor: Tensor {
      get throws {
        guard let dtype = DType.allCases.first(where: { "\($0)" == dtype }) else {
          throw Difference("there is no type \(dtype)")
        }
        let shape = Shape(shape)
        if dtype == .float64 { return Tensor(values.map(\.real), shape: shape) }
        if dtype.isFloatingPoint {
          return Tensor(values.map { Float($0.real) }, shape: shape).converted(to: dtype)
        }
        return Tensor(wrapping: values.map(\.bits), as: dtype, shape: shape)
      }
    }
  }

  /// A number, or "nan", "inf" or "-inf".
  private struct Number: Decodable {
    var real: Double
    /// Of a whole number: beyond `Int`, that with the same bits.
    var bits: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let whole = try? container.decode(Int.self) {
        (real, bits) = (Double(whole), whole)
      } else if let whole = try? container.decode(UInt64.self) {
        (real, bits) = (Double(whole), Int(truncatingIfNeeded: whole))
      } else if let number = try? container.decode(Double.self) {
        (real, bits) = (number, 0)
      } else {
        (real, bits) = (Double(try container.decode(String.self)) ?? .nan, 0)
      }
    }
  }
}
