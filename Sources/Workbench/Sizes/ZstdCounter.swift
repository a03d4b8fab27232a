import CZstd

/// Counts what bytes take as a Zstandard frame (RFC 8878) at the library's own level 3, without keeping it.
package final class ZstdCounter: ByteCounter {
  private let stream: OpaquePointer
  private var output = [UInt8](repeating: 0, count: 1 << 16)
  package private(set) var count = 0

  package init() throws(CompressorFailure) {
    guard let stream = ZSTD_createCStream() else { throw CompressorFailure("zstd", code: 0, nil) }
    self.stream = stream
  }

  deinit { ZSTD_freeCStream(stream) }

  package func append(_ bytes: UnsafeRawBufferPointer) throws(CompressorFailure) {
    try run(bytes, ZSTD_e_continue)
  }

  package func finish() throws(CompressorFailure) {
    try run(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end)
  }

  private func run(
    _ bytes: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective
  ) throws(CompressorFailure) {
    var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      let (left, written) = output.withUnsafeMutableBytes { buffer in
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let left = ZSTD_compressStream2(stream, &target, &source, directive)
        return (left, target.pos)
      }
      guard ZSTD_isError(left) == 0 else {
        throw CompressorFailure("zstd", code: left, ZSTD_getErrorName(left))
      }
      count += written
      if directive == ZSTD_e_end ? left == 0 : source.pos == source.size { return }
    }
  }
}
