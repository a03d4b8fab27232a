import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor

/// A bundle in a directory of its own: a small classifier of 2x2 images in three classes, and some images.
final class TinyBundle: Sendable {
  static let samples = 230
  let directory: String

  /// - Parameters:
  ///   - batch: number of samples that the model takes at a time; nil for any.
  ///   - softmax: whether the model gives probabilities.
  ///   - training: how many other samples it holds to train by; nil for no training data.
  init(batch: Int? = nil, softmax: Bool = false, training: Int? = nil) throws {
    directory = FileManager.default.temporaryDirectory.path + "/pare-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try ONNXWriter.write(Self.graph(batch: batch, softmax: softmax), to: modelPath)
    var images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, UInt8(Self.samples), 0, 0, 0, 2, 0, 0, 0, 2]
    images += Self.numbers(Self.samples * 4, seed: 7).map { UInt8(255 * ($0 + 1) / 2) }
    try AtomicFile.write(images, to: directory + "/t-images-idx3-ubyte")
    let labels = (0..<Self.samples).map { UInt8($0 * 7 % 3) }
    try AtomicFile.write([0, 0, 8, 1, 0, 0, 0, UInt8(Self.samples)] + labels, to: labelsPath)
    var more = ""
    if let training {
      let sizes = [UInt8(training >> 8), UInt8(training & 255)]
      let pixels = Self.numbers(training * 4, seed: 17).map { UInt8(255 * ($0 + 1) / 2) }
      try AtomicFile.write(
        [0, 0, 8, 3, 0, 0] + sizes + [0, 0, 0, 2, 0, 0, 0, 2] + pixels, to: directory + "/l-images-idx3-ubyte"
      )
      try AtomicFile.write(
        [0, 0, 8, 1, 0, 0] + sizes + (0..<training).map { UInt8($0 * 7 % 3) },
        to: directory + "/l-labels-idx1-ubyte")
      more = #", "training": {"images": "l-images-idx3-ubyte"}"#
    }
    let manifest = """
      {"pare": 1, "name": "tiny", "model": "tiny.onnx", "validation": {"images": "t-images-idx3-ubyte"}\(more)}
      """
    try AtomicFile.write(manifest, to: directory + "/pare.json")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var modelPath: String { directory + "/tiny.onnx" }
  var labelsPath: String { directory + "/t-labels-idx1-ubyte" }
  var historyPath: String { directory + "/state/pare/history.sqlite" }

  static func graph(batch: Int? = nil, softmax: Bool = false) -> Graph {
    let n: Dim = batch.map { Dim($0) } ?? .symbol("N")
    var nodes = [
      Node(name: "/flat/Flatten", type: "Flatten", inputs: ["image"], outputs: ["flat"]),
      gemm("fc1", "flat", "hidden"),
      Node(name: "/relu/Relu", type: "Relu", inputs: ["hidden"], outputs: ["relu"]),
      gemm("fc2", "relu", "logits"),
    ]
    if softmax {
      nodes.append(
        Node(
          name: "/softmax/Softmax", type: "Softmax", inputs: ["logits"], outputs: ["scores"],
          attributes: ["axis": .int(1)]))
    }
    let output = softmax ? "scores" : "logits"
    return Graph(
      name: "tiny", inputs: [ValueInfo(name: "image", dtype: .float32, dims: [n, 1, 2, 2])],
      outputs: [ValueInfo(name: output, dtype: .float32, dims: [n, 3])], nodes: nodes,
      constants: [
        "fc1.weight": Tensor(numbers(32, seed: 1), shape: [8, 4]), "fc1.bias": Tensor(numbers(8, seed: 2)),
        "fc2.weight": Tensor(numbers(24, seed: 3), shape: [3, 8]), "fc2.bias": Tensor(numbers(3, seed: 4)),
      ])
  }

  private static func gemm(_ name: String, _ input: String, _ output: String) -> Node {
    Node(
      name: "/\(name)/Gemm", type: "Gemm", inputs: [input, "\(name).weight", "\(name).bias"],
      outputs: [output], attributes: ["transB": .int(1)])
  }

  /// Numbers in -1...1, the same each time.
  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 33)) / 0x1p30 - 1
    }
  }

  /// What the model's own definition gives for the images in the file's order, as NumPy's argmax reads it.
  static func predictions(_ graph: Graph, _ data: Dataset) throws -> [Int32] {
    let outputs = try ReferenceEvaluator(graph).run(["image": data.samples])
    let scores = outputs[graph.outputs[0].name]!.array(of: Float.self)
    return (0..<data.count).map { row in
      let row = Array(scores[(3 * row)..<(3 * row + 3)])
      return Int32(row.firstIndex(of: row.max()!)!)
    }
  }
}
