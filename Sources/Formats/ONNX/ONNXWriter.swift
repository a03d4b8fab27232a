import Graph
import Tensor

/// Writes graphs as ONNX models, and tensors as TensorProto files. The same graph always gives the same bytes.
public enum ONNXWriter {
  /// Writes a model that onnx.checker accepts, if the graph is one: nodes in the graph's order, constants as
  /// initializers in the order of their first use, widths as metadata (`pare.width.NAME`). It is one file that needs no other, unless it is larger than
  /// 2 GiB: then the weights go to a file beside it, named as it is with `.data`.
  ///
  /// - Throws: `FormatError` that names `path` where the file cannot be written, in which case nothing is left
  ///   of it; or the node whose attribute Pare read but cannot write.
  public static func write(_ graph: Graph, to path: String) throws(FormatError) {
    try write(graph, to: path, wholeLimit: wholeLimit)
  }

  /// Protobuf's own limit, which other readers keep to.
  private static let wholeLimit = Int(Int32.max)

  /// - Parameter wholeLimit: bytes up to which a model is one file; of a larger one the weights go to `path`.data.
  package static func write(_ graph: Graph, to path: String, wholeLimit: Int) throws(FormatError) {
    let whole = try ModelEncoder(path: path).model(graph)
    if whole.count <= wholeLimit { return try write(whole, to: path) }
    let data = path + ".data"
    let location = data.split(separator: "/").last.map(String.init) ?? data
    let outside = OutsideLayout(graph, location: location)
    try outside.write(graph, to: data)
    try write(try ModelEncoder(path: path, outside: outside).model(graph), to: path)
  }

  /// Writes one tensor.
  ///
  /// - Throws: `FormatError` that names `path`.
  public static func writeTensor(_ tensor: Tensor, name: String = "", to path: String) throws(FormatError) {
    try write(ModelEncoder(path: path).tensor(tensor, name: name), to: path)
  }

  /// The bytes that `write(_:to:)` would write.
  package static func bytes(of graph: Graph) throws(FormatError) -> [UInt8] {
    let message = try ModelEncoder(path: "model").model(graph)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(message.count)
    try message.forEachRun { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Gives the bytes that `write(_:to:)` would write to `body`, run after run, without a copy of the weights.
  package static func forEachRun(
    of graph: Graph, _ body: (UnsafeRawBufferPointer) throws(FormatError) -> Void
  ) throws(FormatError) {
    try ModelEncoder(path: "model").model(graph).forEachRun(body)
  }

  private static func write(_ message: WireWriter, to path: String) throws(FormatError) {
    try AtomicFile.write(to: path) { (file) throws(FormatError) in
      try message.forEachRun { (run) throws(FormatError) in try file.append(run) }
    }
  }
}
