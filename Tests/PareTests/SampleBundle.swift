import Formats
import Foundation
import Graph
import Tensor

/// A bundle in a directory of its own: a model with known weights, and four images that it should tell apart.
final class SampleBundle: Sendable {
  let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/pare-cli-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try ONNXWriter.write(Self.graph, to: modelPath)
    let images: [UInt8] = [255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 0, 0, 255]
    try AtomicFile.write([0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2] + images, to: imagesPath)
    try AtomicFile.write([0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 2, 0], to: file("t-labels-idx1-ubyte"))
    try AtomicFile.write(
      #"{"pare": 1, "name": "four", "model": "four.onnx", "validation": {"images": "t-images-idx3-ubyte"}}"#,
      to: file("pare.json"))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var modelPath: String { file("four.onnx") }
  var imagesPath: String { file("t-images-idx3-ubyte") }

  func file(_ name: String) -> String { "\(directory)/\(name)" }

  func write(_ text: String, to name: String) throws -> String {
    try AtomicFile.write(text, to: file(name))
    return file(name)
  }

  /// Gives the brightest pixel's number, of the first three.
  static var graph: Graph {
    Graph(
      name: "four", inputs: [ValueInfo(name: "image", dtype: .float32, dims: [.symbol("N"), 1, 2, 2])],
      outputs: [ValueInfo(name: "head/logits:0", dtype: .float32, dims: [.symbol("N"), 3])],
      nodes: [
        Node(name: "/flat/Flatten", type: "Flatten", inputs: ["image"], outputs: ["flat"]),
        Node(
          name: "/fc/Gemm", type: "Gemm", inputs: ["flat", "fc.weight", "fc.bias"],
          outputs: ["head/logits:0"], attributes: ["transB": .int(1)]),
      ],
      constants: [
        "fc.weight": Tensor([Float]([4, 0, 0, 0, 0, 3, 0, 0, 0, 0, 2, 0]), shape: [3, 4]),
        "fc.bias": Tensor([Float]([0, 0, 0.5])),
      ])
  }
}
