import Formats
import Graph
import Tensor

/// Messages of onnx.proto, put together field by field.
enum MessageBuilder {
  static func message(_ build: (inout WireWriter) -> Void) -> WireWriter {
    var message = WireWriter()
    build(&message)
    return message
  }

  static func bytes(_ message: WireWriter) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try message.forEachRun { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// A model of operator set 17, and of whatever else is added.
  static func model(
    graph: (inout WireWriter) -> Void, _ more: (inout WireWriter) -> Void = { _ in }
  ) throws -> [UInt8] {
    try bytes(
      message {
        $0.int(1, 8)
        $0.message(7, message(graph))
        $0.message(8, message { $0.int(2, 17) })
        more(&$0)
      })
  }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = "", name: String = "",
    attributes: [WireWriter] = []
  ) -> WireWriter {
    message {
      for input in inputs { $0.text(1, input) }
      for output in outputs { $0.text(2, output) }
      if !name.isEmpty { $0.text(3, name) }
      $0.text(4, type)
      for attribute in attributes { $0.message(5, attribute) }
      if !domain.isEmpty { $0.text(7, domain) }
    }
  }

  static func read(_ bytes: [UInt8]) throws -> Graph {
    let storage = Storage(byteCount: bytes.count)
    storage.bytes.copyBytes(from: bytes)
    return try ONNXReader.read(storage, 0..<bytes.count, path: "model.onnx")
  }
}
