import Compression
import Formats
import Graph

/// What a compressed model takes, in every way that people mean by size.
public struct Sizes: Hashable, Sendable {
  /// Of the constants alone.
  public var encoded: EncodedSizes
  /// Bytes of the ONNX file, as `Export` writes it.
  public var file: Int
  /// Bytes of that file as a zlib stream at level 6.
  public var deflate: Int
  /// Bytes of that file as a Zstandard frame at level 3.
  public var zstd: Int

  public init(encoded: EncodedSizes, file: Int, deflate: Int, zstd: Int) {
    self.encoded = encoded
    self.file = file
    self.deflate = deflate
    self.zstd = zstd
  }

  /// Encodes and compresses the model to count the bytes; nothing is written.
  ///
  /// - Parameter isCancelled: asked often; true ends the work.
  /// - Throws: `CompressionError.cancelled`, or what the file's writer and the libraries throw.
  public init(of compressed: CompressedModel, isCancelled: () -> Bool = { false }) throws {
    encoded = try Cost.sizes(compressed.graph, isCancelled: isCancelled)
    let counters: [any ByteCounter] = [try DeflateCounter(), try ZstdCounter()]
    var file = 0
    var failure: (any Error)?
    try ONNXWriter.forEachRun(of: Export.graph(of: compressed)) { run in
      for start in stride(from: 0, to: run.count, by: 1 << 20) where failure == nil {
        let part = UnsafeRawBufferPointer(rebasing: run[start..<min(start + 1 << 20, run.count)])
        do {
          if isCancelled() { throw CompressionError.cancelled }
          for counter in counters { try counter.append(part) }
        } catch {
          failure = error
        }
      }
      file += run.count
    }
    if let failure { throw failure }
    for counter in counters { try counter.finish() }
    self.file = file
    (deflate, zstd) = (counters[0].count, counters[1].count)
  }
}
