import CZip
import Tensor

/// NumPy's .npz: a zip archive of .npy arrays, stored or deflated, read with libzip.
public final class NPZArchive {
  public let path: String
  private let archive: OpaquePointer
  private let fileSize: Int

  /// - Throws: `FormatError` for a file that cannot be opened or is no zip archive.
  public init(path: String) throws(FormatError) {
    self.path = path
    fileSize = try FileAccess.map(path).bytes.count
    var code: Int32 = 0
    guard let archive = zip_open(path, ZIP_RDONLY, &code) else {
      var error = zip_error_t()
      zip_error_init_with_code(&error, code)
      defer { zip_error_fini(&error) }
      throw FormatError(
        path, "is not a NumPy archive (.npz), or is damaged: \(String(cString: zip_error_strerror(&error)))")
    }
    self.archive = archive
  }

  deinit { zip_discard(archive) }

  /// The arrays' names, in the file's order.
  public var names: [String] {
    let members = (0..<UInt64(max(zip_get_num_entries(archive, 0), 0))).compactMap {
      zip_get_name(archive, $0, 0)
    }
    return members.map { String(cString: $0) }.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
  }

  /// One array; nil where the archive has none of this name.
  ///
  /// - Throws: `FormatError` that names file and array where the array is damaged or of a kind that
  ///   `NPYReader` does not read either.
  public func tensor(_ name: String) throws(FormatError) -> Tensor? {
    let path = path
    let fail = { (reason: String) in FormatError(path, "array '\(name)' \(reason)") }
    let index = zip_name_locate(archive, name + ".npy", 0)
    guard index >= 0 else { return nil }
    var status = zip_stat_t()
    guard zip_stat_index(archive, UInt64(index), 0, &status) == 0 else {
      throw fail("cannot be read: \(message)")
    }
    guard [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(Int32(status.comp_method)) else {
      throw fail("is compressed in a way that NumPy does not use")
    }
    // The sizes are the file's word only: they must be possible before memory is taken.
    let size = Int(clamping: status.size)
    guard status.comp_size <= UInt64(fileSize), size / GzipStream.maximumRatio <= fileSize else {
      throw fail("claims \(status.size) bytes, more than the file can hold")
    }
    guard let member = zip_fopen_index(archive, UInt64(index), 0) else {
      throw fail("cannot be read: \(message)")
    }
    defer { zip_fclose(member) }
    return try read(member, size: size, fail: fail)
  }

  private func read(
    _ member: OpaquePointer, size: Int, fail: (String) -> FormatError
  ) throws(FormatError) -> Tensor {
    func bytes(_ count: Int) throws(FormatError) -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: count)
      let found = zip_fread(member, &bytes, UInt64(count))
      if found < 0 { throw fail("is damaged: \(String(cString: zip_file_strerror(member)))") }
      return Array(bytes.prefix(Int(found)))
    }
    var start = try bytes(NPYHeader.prefixCount)
    guard let headerSize = NPYHeader.byteCount(start), headerSize >= start.count else {
      throw fail("is not a NumPy array")
    }
    start += try bytes(headerSize - start.count)
    guard start.count == headerSize, headerSize <= size else {
      throw fail("is cut short: its header is not whole")
    }
    let header = try NPYHeader(start, fail: fail)
    try header.check(dataByteCount: size - headerSize, fail: fail)

    let storage = Storage(byteCount: size - headerSize)
    let target = UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<(size - headerSize)])
    var filled = 0
    while filled < target.count {
      let found = zip_fread(member, target.baseAddress! + filled, UInt64(target.count - filled))
      if found < 0 { throw fail("is damaged: \(String(cString: zip_file_strerror(member)))") }
      if found == 0 { throw fail("is cut short") }
      filled += Int(found)
    }
    // libzip compares the checksum when it comes to the end, which is behind the last byte.
    guard try bytes(1).isEmpty else { throw fail("is damaged: it is longer than the archive says") }
    if header.isPlain { return Tensor(dtype: header.dtype, shape: header.shape, storage: storage) }
    return withExtendedLifetime(storage) { _ in header.tensor(copying: UnsafeRawBufferPointer(target)) }
  }

  private var message: String { String(cString: zip_strerror(archive)) }
}

/// Reads whole .npz archives.
public enum NPZReader {
  /// All arrays by name.
  ///
  /// - Throws: `FormatError` as `NPZArchive`.
  public static func read(path: String) throws(FormatError) -> [String: Tensor] {
    let archive = try NPZArchive(path: path)
    var tensors: [String: Tensor] = [:]
    for name in archive.names { tensors[name] = try archive.tensor(name) }
    return tensors
  }
}
