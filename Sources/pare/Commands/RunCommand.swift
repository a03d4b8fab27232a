import Engine
import Formats
import Foundation
import Graph
import Tensor
import Workbench

extension Command {
  static let run = Command(
    name: "run", summary: "Feeds a model with arrays and writes what it gives",
    grammar: Grammar(
      path: "MODEL.onnx",
      options: [
        Grammar.Option(
          name: "--input", value: "NAME=FILE.npy", help: "an input of the model", isRepeatable: true),
        Grammar.Option(
          name: "--output", value: "DIR", help: "the directory to write to, made where missing",
          isRequired: true),
      ]),
    notes: ["Each output goes to NAME.npy, with `_` for `/` and `:` in its name."]
  ) { arguments in
    let directory = try arguments.required("--output")
    var files: [String: String] = [:]
    for text in arguments.all("--input") {
      guard let cut = text.firstIndex(of: "="), cut > text.startIndex else {
        throw UsageError("option '--input' must be NAME=FILE.npy, not '\(text)'")
      }
      let name = String(text[..<cut])
      guard files.updateValue(String(text[text.index(after: cut)...]), forKey: name) == nil else {
        throw UsageError("input '\(name)' is given twice")
      }
    }
    let project = try Project(arguments.path)
    let graph = project.model.graph
    let inputs = try RawRun.inputs(graph, files: files, path: project.source.modelPath)
    Interrupt.catchSignals()
    let outputs = try naming(project) {
      try GraphProgram(graph, threads: Threads.standard).run(inputs) { Interrupt.isRequested }
    }
    try RawRun.write(graph.outputs.map { ($0.name, outputs[$0.name]) }, to: directory)
  }
}

/// A model fed with arrays, without data set or labels.
private enum RawRun {
  /// - Throws: `FormatError` that names the file, or the input that is missing.
  static func inputs(
    _ graph: Graph, files: [String: String], path: String
  ) throws(FormatError) -> [String: Tensor] {
    let known = graph.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
    for name in files.keys.sorted() where !graph.inputs.contains(where: { $0.name == name }) {
      throw FormatError(path, "has no input '\(name)'; it takes \(known.isEmpty ? "none" : known)")
    }
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      guard let file = files[input.name] else {
        throw FormatError(path, "input '\(input.name)' is not given; add --input \(input.name)=FILE.npy")
      }
      let tensor = try NPYReader.read(path: file)
      if let dtype = input.dtype, dtype != tensor.dtype {
        throw FormatError(file, "is \(tensor.dtype), but input '\(input.name)' takes \(dtype)")
      }
      if let dims = input.dims, !fits(tensor.shape, dims) {
        let wanted = dims.isEmpty ? "scalar" : dims.map(\.description).joined(separator: "·")
        throw FormatError(file, "has shape \(tensor.shape), but input '\(input.name)' takes \(wanted)")
      }
      inputs[input.name] = tensor
    }
    return inputs
  }

  private static func fits(_ shape: Shape, _ dims: [Dim]) -> Bool {
    shape.rank == dims.count && zip(shape.dims, dims).allSatisfy { $1.value == nil || $1.value == $0 }
  }

  static func write(_ outputs: [(name: String, tensor: Tensor?)], to directory: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" } ?? "it is no directory"
      throw FormatError(directory, "cannot be made: \(reason)")
    }
    for (name, tensor) in outputs {
      let file = String(name.map { $0 == "/" || $0 == ":" ? "_" : $0 })
      if let tensor { try NPYWriter.write(tensor, to: "\(directory)/\(file).npy") }
    }
  }
}
