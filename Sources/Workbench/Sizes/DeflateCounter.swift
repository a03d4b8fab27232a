import CZlib

/// Counts what bytes take as a zlib stream (RFC 1950) at zlib's own level 6, without keeping it.
package final class DeflateCounter: ByteCounter {
  private var stream = z_stream()
  private var output = [UInt8](repeating: 0, count: 1 << 16)
  package private(set) var count = 0

  package init() throws(CompressorFailure) {
    let status = deflateInit_(
      &stream, Z_DEFAULT_COMPRESSION, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw CompressorFailure("deflate", code: Int(status), stream.msg) }
  }

  deinit { deflateEnd(&stream) }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(CompressorFailure) {
    // zlib counts what it is given in 32 bits.
    for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
      try run(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 30, bytes.count)]), Z_NO_FLUSH)
    }
  }

  package func finish() throws(CompressorFailure) {
    try run(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH)
  }

  private func run(_ bytes: UnsafeRawBufferPointer, _ flush: Int32) throws(CompressorFailure) {
    // zlib reads the bytes only, though its type does not say so.
    stream.next_in = UnsafeMutablePointer(
      mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = UInt32(bytes.count)
    while true {
      let room = output.count
      let status = output.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(room)
        return deflate(&stream, flush)
      }
      count += room - Int(stream.avail_out)
      // Nothing left to do is no failure.
      guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else {
        throw CompressorFailure("deflate", code: Int(status), stream.msg)
      }
      if stream.avail_out != 0 { return }
    }
  }
}
