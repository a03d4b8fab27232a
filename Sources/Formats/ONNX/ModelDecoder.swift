import Graph
import Tensor

/// Turns the messages of onnx.proto into the graph, one method a message; field numbers are that file's.
struct ModelDecoder {
  let path: String
  let storage: Storage
  /// Operator sets of the model, known once its outermost message is read.
  var opsets: [String: Int] = [:]
  /// Files beside the model that hold tensors, and what tensors have been made dense.
  let outside: OutsideData
  /// How deep in graphs within attributes of nodes we are.
  var depth = 0
  /// How many of these are bodies of Loops.
  var loops = 0

  init(path: String, storage: Storage) {
    self.path = path
    self.storage = storage
    outside = OutsideData(modelPath: path, modelBytes: storage.bytes.count)
  }

  /// ModelProto.
  func model(_ range: Range<Int>) throws(FormatError) -> Graph {
    var decoder = self
    var graphRange: Range<Int>?
    var irVersion = 0
    var metadata: [String: String] = [:]
    var functions: [Range<Int>] = []
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: irVersion = try int(field)
      case 7: graphRange = try bytes(field)
      case 8:
        let (domain, version) = try operatorSet(bytes(field))
        decoder.opsets[domain] = version
      case 14:
        let (key, value) = try entry(bytes(field))
        metadata[key] = value
      case 25: functions.append(try bytes(field))
      default: break
      }
    }
    guard let graphRange else { throw fail("holds no graph: it is not an ONNX model, or it is cut short") }
    if decoder.opsets.isEmpty && irVersion >= 3 {
      throw fail("does not say which operator set it uses (no opset_import); it may be cut short")
    }
    var graph = try decoder.graph(graphRange)
    try decoder.inline(functions, into: &graph)
    try decoder.readWidths(metadata, into: &graph)
    do {
      return try graph.capturing().sorted()
    } catch {
      throw fail(error.description)
    }
  }

  /// OperatorSetIdProto.
  func operatorSet(_ range: Range<Int>) throws(FormatError) -> (domain: String, version: Int) {
    var domain = ""
    var version = 1
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: domain = try text(field)
      case 2: version = try int(field)
      default: break
      }
    }
    return (domain == "ai.onnx" ? "" : domain, version)
  }

  /// StringStringEntryProto.
  func entry(_ range: Range<Int>) throws(FormatError) -> (key: String, value: String) {
    var key = ""
    var value = ""
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: key = try text(field)
      case 2: value = try text(field)
      default: break
      }
    }
    return (key, value)
  }

  /// Splits metadata into widths of constants and the rest.
  private func readWidths(_ metadata: [String: String], into graph: inout Graph) throws(FormatError) {
    for (key, value) in metadata {
      guard key.hasPrefix(WidthMetadata.prefix) else {
        graph.metadata[key] = value
        continue
      }
      let name = String(key.dropFirst(WidthMetadata.prefix.count))
      guard let bits = Int(value), (1...(graph.constants[name]?.dtype.bits ?? 64)).contains(bits) else {
        throw fail("metadata '\(key)' is '\(value)', which is no width of that tensor in bits")
      }
      graph.widths[name] = bits
    }
  }
}

/// How `Graph.widths` is kept in a model's metadata: `pare.width.NAME` is the bits of an element of NAME.
enum WidthMetadata {
  static let prefix = "pare.width."
}
