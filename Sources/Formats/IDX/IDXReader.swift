import Tensor

/// Reads IDX, the format of the MNIST family (yann.lecun.com/exdb/mnist), plain or gzipped.
public enum IDXReader {
  /// The array of the file, in the type that it has there.
  ///
  /// Memory is taken for what the header says, but no more than the file can hold.
  ///
  /// - Throws: `FormatError` for a file that cannot be opened, is not IDX, or is longer or shorter than its
  ///   header says.
  public static func read(path: String) throws(FormatError) -> Tensor {
    let file = try FileAccess.map(path)
    if GzipStream.isGzip(file.bytes) { return try unpack(file) }
    let header = try IDXHeader(file.bytes, path: path)
    let data = file.bytes.count - header.byteCount
    guard data >= header.dataByteCount else { throw header.cutShort(data) }
    guard data == header.dataByteCount else { throw header.tooLong() }
    let storage = Storage(mapped: file, range: header.byteCount..<file.bytes.count)
    if header.dtype.bits == 8 { return Tensor(dtype: header.dtype, shape: header.shape, storage: storage) }
    return Tensor(dtype: header.dtype, shape: header.shape) { target in
      withExtendedLifetime(storage) { target.copyMemory(from: UnsafeRawBufferPointer($0.bytes)) }
      ByteOrder.swap(target, elementSize: header.dtype.bits / 8)
    }
  }

  /// Whether the file looks like IDX, plain or gzipped, by its first bytes.
  static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    GzipStream.isGzip(bytes) || bytes.starts(with: [0, 0]) && bytes.count >= 4 && (8...14).contains(bytes[2])
  }

  private static func unpack(_ file: MappedFile) throws(FormatError) -> Tensor {
    let stream = try GzipStream(file)
    var start = [UInt8](repeating: 0, count: 4)
    var filled = try read(stream, into: &start)
    // The fourth byte is the number of sizes that follow.
    start += [UInt8](repeating: 0, count: Int(start[3]) * 4)
    var sizes = Array(start[4...])
    filled += try read(stream, into: &sizes)
    let bytes = Array((start[..<4] + sizes).prefix(filled))
    let header = try IDXHeader(bytes, path: file.path)
    guard stream.canHold(header.dataByteCount) else { throw header.cutShort(nil) }
    let storage = Storage(byteCount: header.dataByteCount)
    let target = UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<header.dataByteCount])
    let found = try stream.read(into: target)
    guard found == target.count else { throw header.cutShort(found) }
    // zlib compares the checksum when it comes to the end, which is behind the last byte.
    var extra = [UInt8](repeating: 0, count: 1)
    guard try read(stream, into: &extra) == 0 else { throw header.tooLong() }
    ByteOrder.swap(target, elementSize: header.dtype.bits / 8)
    return Tensor(dtype: header.dtype, shape: header.shape, storage: storage)
  }

  private static func read(_ stream: GzipStream, into array: inout [UInt8]) throws(FormatError) -> Int {
    try array.withUnsafeMutableBytes { bytes in
      Result { () throws(FormatError) in try stream.read(into: bytes) }
    }.get()
  }
}
