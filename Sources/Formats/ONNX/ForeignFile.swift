/// What a file is that was given as an ONNX model and is none, by its first bytes, and the way out.
enum ForeignFile {
  private struct Kind {
    var offset = 0
    var magic: [UInt8]
    var reason: String
  }

  private static let kinds = [
    Kind(
      magic: [0x80, 2],
      reason: "is a pickled PyTorch file, not ONNX; load it in Python and export it with torch.onnx.export"),
    Kind(
      magic: [0x89] + Array("HDF".utf8),
      reason: "is an HDF5 (Keras) file, not ONNX; convert it with tf2onnx"),
    Kind(
      offset: 4, magic: Array("TFL3".utf8),
      reason: "is a TensorFlow Lite model, not ONNX; convert it with tf2onnx"),
    Kind(magic: Array("GGUF".utf8), reason: "is a GGUF file, not ONNX"),
    Kind(magic: [0x93] + Array("NUMPY".utf8), reason: "is a NumPy array, not an ONNX model"),
    Kind(magic: [0x1f, 0x8b], reason: "is compressed with gzip; unpack it with gunzip first"),
    Kind(
      offset: 8, magic: Array("{\"".utf8),
      reason: "is a safetensors file, which holds weights but no network; export the model to ONNX"),
    Kind(
      magic: Array("version https://git-lfs".utf8),
      reason: "is a Git LFS pointer, not the model itself; fetch it with git lfs pull"),
  ]

  /// A sentence without a subject; nil for what may be ONNX.
  static func reason(_ bytes: UnsafeRawBufferPointer) -> String? {
    if bytes.isEmpty { return "is empty" }
    for kind in kinds where bytes.dropFirst(kind.offset).starts(with: kind.magic) { return kind.reason }
    if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) { return zipReason(bytes) }
    // A short file of letters only is text: in ONNX, numbers and lengths stand between the names.
    if bytes.prefix(256).allSatisfy({ $0 >= 32 && $0 < 127 || (9...13).contains($0) }) {
      return "is a text file, not an ONNX model"
    }
    return nil
  }

  private static func zipReason(_ bytes: UnsafeRawBufferPointer) -> String {
    // torch.save's archives begin with NAME/data.pkl.
    let start = Array(bytes.prefix(512))
    let mark = Array("data.pkl".utf8)
    let isTorch = start.indices.contains { start[$0...].starts(with: mark) }
    return isTorch
      ? "is a PyTorch file, not ONNX; load it in Python and export it with torch.onnx.export"
      : "is a zip archive, not an ONNX model"
  }
}
