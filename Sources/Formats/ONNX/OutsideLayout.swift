import Graph
import Tensor

/// Which tensors of a model go to a file beside it, and where in that file they begin.
struct OutsideLayout {
  /// The file's name, without a directory.
  var location = ""
  /// By the tensor's name, in bytes.
  private(set) var offsets: [String: Int] = [:]
  private var order: [String] = []

  /// Smaller tensors stay in the model, where shapes are looked for.
  private static let smallest = 1024
  /// As our own memory is aligned, so that the tensors can be used where they lie.
  private static let alignment = 64

  init() {}

  init(_ graph: Graph, location: String) {
    self.location = location
    var end = 0
    for name in graph.constantsInOrderOfUse {
      guard let size = graph.constants[name]?.byteCount, size >= Self.smallest else { continue }
      offsets[name] = end
      order.append(name)
      end += (size + Self.alignment - 1) / Self.alignment * Self.alignment
    }
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `FormatError` that names it.
  func write(_ graph: Graph, to path: String) throws(FormatError) {
    try AtomicFile.write(to: path) { (file) throws(FormatError) in
      for name in order {
        guard let tensor = graph.constants[name] else { continue }
        try tensor.withRun { (run) throws(FormatError) in try file.append(run) }
        let rest = tensor.byteCount % Self.alignment
        if rest > 0 { try file.append([UInt8](repeating: 0, count: Self.alignment - rest)) }
      }
    }
  }
}
