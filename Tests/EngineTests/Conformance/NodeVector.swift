import Foundation
import Graph
import Tensor

/// A node of `Tests/Vectors`, with inputs and the output that another tool gives.
struct NodeVector: Decodable {
  let name: String
  private let input: Input
  private let expected: Array

  static func read(_ name: String) throws -> [NodeVector] {
    struct File: Decodable { var cases: [NodeVector] }
    let tests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    return try JSONDecoder().decode(
      File.self, from: Data(contentsOf: tests.appending(path: "Vectors/\(name).json"))
    ).cases
  }

  func check(_ evaluate: ConformanceCase.Evaluate) throws {
    let wanted = try expected.tensor
    var graph = Graph(
      outputs: [ValueInfo(name: "y", dtype: wanted.dtype, dims: nil)],
      opsets: input.domain.isEmpty ? ["": input.opset] : ["": input.opset, input.domain: 1])
    var values: [String: Tensor] = [:]
    let names = try input.inputs.enumerated().map { index, array in
      guard let tensor = try array?.tensor else { return "" }
      let name = "i\(index)"
      values[name] = tensor
      graph.inputs.append(
        ValueInfo(name: name, dtype: tensor.dtype, dims: tensor.shape.dims.map { Dim($0) }))
      return name
    }
    graph.nodes = [
      Node(
        name: name, type: OperatorType(input.op, domain: input.domain), inputs: names, outputs: ["y"],
        attributes: Dictionary(uniqueKeysWithValues: input.attributes.map { ($0.name, $0.value) }))
    ]
    guard let y = try evaluate(graph, values)["y"] else { throw Difference("there is no output") }
    let precision: [DType: Double] = [
      .float64: 1e-12, .float32: 1e-5, .float16: 0x1p-10, .bfloat16: 0x1p-7,
    ]
    let relative = precision[wanted.dtype] ?? 0
    try Difference.check(y, against: wanted, name: "y", relative: relative, absolute: 1e-6)
  }

  private struct Input: Decodable {
    var op: String
    var domain: String
    var opset: Int
    var attributes: [NamedAttribute]
    var inputs: [Array?]
  }

  private struct NamedAttribute: Decodable {
    var name: String
    var int: Int?
    var float: Float?
    var string: String?
    var ints: [Int]?

    var value: Attribute {
      if let int {
        .int(int)
      } else if let float {
        .float(float)
      } else if let string {
        .string(string)
      } else {
        .ints(ints ?? [])
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
