import Graph
import Tensor

/// Reads ONNX models and tensors. Weights are used where they lie in the mapped file.
public enum ONNXReader {
  /// The graph of a model file, its nodes in an order in which values are written before they are read.
  ///
  /// - Constant nodes become entries of `Graph.constants`, like initializers.
  /// - An axis of an input that has neither size nor name is named after the input and the axis (`x.0`), so
  ///   that it can be bound; a fixed size, a batch of 1 as well, stays what it is.
  /// - Calls of the model's own functions are replaced by their nodes.
  /// - Sparse initializers are made dense; tensors in files beside the model are mapped where they lie.
  /// - Metadata `pare.width.NAME` becomes `Graph.widths[NAME]`.
  ///
  /// - Throws: `FormatError` for a file that cannot be opened, is not ONNX, is damaged, or uses what Pare
  ///   does not read, such as tensors of strings.
  public static func read(path: String) throws(FormatError) -> Graph {
    let (storage, range) = try map(path)
    return try read(storage, range, path: path)
  }

  /// The same from bytes in memory; `path` is what messages call them.
  package static func read(_ storage: Storage, _ range: Range<Int>, path: String) throws(FormatError) -> Graph
  {
    defer { withExtendedLifetime(storage) {} }
    if let foreign = ForeignFile.reason(UnsafeRawBufferPointer(rebasing: storage.bytes[range])) {
      throw FormatError(path, foreign)
    }
    return try ModelDecoder(path: path, storage: storage).model(range)
  }

  /// The tensor of a file that holds one TensorProto, such as the inputs and outputs of ONNX's own tests.
  ///
  /// - Throws: `FormatError` as `read(path:)`.
  public static func readTensor(path: String) throws(FormatError) -> Tensor {
    let (storage, range) = try map(path)
    defer { withExtendedLifetime(storage) {} }
    let decoder = ModelDecoder(path: path, storage: storage)
    return try decoder.tensor(range).value(in: decoder)
  }

  private static func map(_ path: String) throws(FormatError) -> (Storage, Range<Int>) {
    let file = try FileAccess.map(path)
    return (Storage(file), 0..<file.bytes.count)
  }
}
