import CZlib
import Tensor

/// Unpacks a gzip file from its mapped bytes, as much at a time as is asked for. zlib checks length and
/// checksum.
final class GzipStream {
  /// The most that deflate can shrink: 258 bytes into two bits.
  static let maximumRatio = 1032

  private let path: String
  private let file: MappedFile
  private var stream = z_stream()
  /// Bytes of the file that zlib has not seen.
  private var next = 0
  private var isAtEnd = false

  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

  /// - Throws: `FormatError` where zlib cannot start, for want of memory.
  init(_ file: MappedFile) throws(FormatError) {
    path = file.path
    self.file = file
    let status = pare_inflate_init_gzip(&stream)
    guard status == Z_OK else {
      throw FormatError(path, "cannot be unpacked: \(Self.message(stream, status))")
    }
  }

  deinit { inflateEnd(&stream) }

  /// Whether so many bytes can have been packed into this file at all.
  func canHold(_ size: Int) -> Bool { size / Self.maximumRatio <= file.bytes.count }

  /// Fills the buffer, or stops at the end of the file.
  ///
  /// - Returns: bytes written.
  /// - Throws: `FormatError` where the file is damaged or cut short.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    var filled = 0
    while filled < buffer.count && !isAtEnd {
      // zlib counts with 32 bits.
      let room = min(buffer.count - filled, 1 << 30)
      let input = min(file.bytes.count - next, 1 << 30)
      stream.next_in = UnsafeMutablePointer(
        mutating: file.bytes.baseAddress!.advanced(by: next).assumingMemoryBound(to: Bytef.self))
      stream.avail_in = uInt(input)
      stream.next_out = buffer.baseAddress!.advanced(by: filled).assumingMemoryBound(to: Bytef.self)
      stream.avail_out = uInt(room)
      let status = inflate(&stream, Z_NO_FLUSH)
      next += input - Int(stream.avail_in)
      filled += room - Int(stream.avail_out)
      switch status {
      case Z_OK: break
      case Z_STREAM_END: try startNextMember()
      case Z_BUF_ERROR: throw FormatError(path, "is cut short")
      default: throw FormatError(path, "is damaged: \(Self.message(stream, status))")
      }
    }
    return filled
  }

  /// A gzip file may be several, one behind the other; zeros at the end are padding.
  private func startNextMember() throws(FormatError) {
    let rest = file.bytes[next...]
    if Self.isGzip(UnsafeRawBufferPointer(rebasing: rest)) {
      inflateReset(&stream)
    } else if rest.allSatisfy({ $0 == 0 }) {
      isAtEnd = true
    } else {
      throw FormatError(path, "is damaged: there is something behind its end")
    }
  }

  private static func message(_ stream: z_stream, _ status: Int32) -> String {
    stream.msg.map { String(cString: $0) } ?? String(cString: zError(status))
  }
}
