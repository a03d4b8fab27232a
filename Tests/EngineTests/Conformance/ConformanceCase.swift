import Engine
import Formats
import Foundation
import Graph
import Tensor

/// One of ONNX's own test cases: a model, and directories with inputs and the outputs they give.
struct ConformanceCase {
  let name: String
  let directory: URL

  /// Runs a graph on inputs by name, and gives its outputs by name.
  typealias Evaluate = (Graph, [String: Tensor]) throws -> [String: Tensor]

  enum Verdict {
    case passed
    case failed(String)
    case outOfScope(String)
  }

  func verdict(_ evaluate: Evaluate) -> Verdict {
    do {
      let graph: Graph
      do {
        graph = try ONNXReader.read(path: directory.appendingPathComponent("model.onnx").path)
      } catch {
        return .outOfScope("the reader does not take the model: \(Self.kind(of: error))")
      }
      if let node = graph.nodes.first(where: { !OperatorRegistry.knows($0.type) }) {
        return .outOfScope("operator \(node.type)")
      }
      if (graph.inputs + graph.outputs).contains(where: { $0.dtype == nil }) {
        return .outOfScope("element types: strings, sequences, optionals")
      }
      for directory in try dataSets() { try check(graph, in: directory, evaluate) }
      return .passed
    } catch EngineError.input(_, let reason) where reason.contains("but the model takes") {
      return .outOfScope("the data does not have the shape that the model declares")
    } catch EngineError.unsupported(_, let reason) {
      return .outOfScope("not computed: \(reason)")
    } catch {
      return .failed("\(error)")
    }
  }

  private func check(_ graph: Graph, in directory: URL, _ evaluate: Evaluate) throws {
    var inputs: [String: Tensor] = [:]
    for (index, input) in graph.inputs.enumerated() {
      let file = directory.appendingPathComponent("input_\(index).pb")
      guard FileManager.default.fileExists(atPath: file.path) else { break }
      inputs[input.name] = try read(file, as: input)
    }
    let outputs = try evaluate(graph, inputs)
    var expected: [String: Tensor] = [:]
    for (index, output) in graph.outputs.enumerated() {
      let file = directory.appendingPathComponent("output_\(index).pb")
      let wanted = try read(file, as: output)
      expected[output.name] = wanted
      guard let tensor = outputs[output.name] else { throw Difference("output '\(output.name)' is missing") }
      try Difference.check(tensor, against: wanted, name: output.name)
    }
    try checkInference(graph, inputs, expected)
  }

  /// What is inferred, with sizes and with a name for each size, must agree with what came out.
  private func checkInference(_ graph: Graph, _ inputs: [String: Tensor], _ expected: [String: Tensor]) throws
  {
    var named = graph
    var sizes: [String: Int] = [:]
    for (index, input) in graph.inputs.enumerated() {
      guard let tensor = inputs[input.name] else { continue }
      named.inputs[index].dims = tensor.shape.dims.indices.map { .symbol("\(input.name).\($0)") }
      for (axis, size) in tensor.shape.dims.enumerated() { sizes["\(input.name).\(axis)"] = size }
    }
    for (kind, typed) in [("sizes", try named.typed(binding: sizes)), ("names", try named.typed())] {
      for (name, tensor) in expected {
        guard let facts = typed.facts[name] else { throw Difference("nothing is inferred for '\(name)'") }
        if facts.dtype != tensor.dtype {
          throw Difference(
            "'\(name)' is inferred as \(String(describing: facts.dtype)), but is \(tensor.dtype)")
        }
        let bound = facts.dims?.map { $0.binding(sizes) }
        let agrees = bound.map { dims in
          dims.count == tensor.shape.rank
            && zip(dims, tensor.shape.dims).allSatisfy { $0.value == $1 || $0 == .unknown }
        }
        if agrees == false {
          throw Difference("with \(kind), '\(name)' is inferred as \(bound ?? []), but is \(tensor.shape)")
        }
      }
    }
  }

  /// A file's tensor. NumPy, with which the files were made, has no bfloat16, and calls it uint16.
  private func read(_ file: URL, as value: ValueInfo) throws -> Tensor {
    let tensor = try ONNXReader.readTensor(path: file.path)
    guard value.dtype == .bfloat16, tensor.dtype == .uint16 else { return tensor }
    return Tensor(dtype: .bfloat16, shape: tensor.shape) { target in
      tensor.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }

  private func dataSets() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.hasPrefix("test_data_set_") }
  }

  /// The reader's reason without the names in it.
  private static func kind(of error: FormatError) -> String {
    error.reason.split(separator: "'", omittingEmptySubsequences: false).enumerated()
      .map { $0 % 2 == 0 ? String($1) : "…" }.joined()
  }
}
