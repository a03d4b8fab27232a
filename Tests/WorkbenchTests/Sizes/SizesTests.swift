import CZlib
import CZstd
import Compression
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

struct SizesTests {
  @Test func theFileIsAsLargeAsSaid() throws {
    let bundle = try TinyBundle()
    let compressor = Compressor(try Model(TinyBundle.graph()), threads: 1)
    let recipe = Recipe(weights: [WeightRule(layers: ["*"], bits: 8)])
    let path = bundle.directory + "/out.onnx"
    _ = try Export(recipe: recipe, modelPath: path, recipePath: nil).write { try compressor.apply(recipe) }
    let written = try Data(contentsOf: URL(filePath: path))
    let sizes = try Sizes(of: try compressor.apply(recipe))
    #expect(sizes.file == written.count)
    #expect(sizes.encoded.dense == (try compressor.estimate(recipe)).sizeBytes)
    #expect(sizes.deflate == (try Self.count(DeflateCounter(), written)))
    #expect(sizes.zstd == (try Self.count(ZstdCounter(), written)))
  }

  /// What the libraries' own one-call functions give.
  @Test(arguments: [0, 1, 1000, 300_000])
  func countersAgreeWithTheLibraries(count: Int) throws {
    let words = TinyBundle.numbers(count, seed: 5).map { Int8($0 * 20) }
    let bytes = words.withUnsafeBytes { Data($0) }
    var length = compressBound(uLong(count))
    var output = [UInt8](repeating: 0, count: Int(length))
    let status = bytes.withUnsafeBytes {
      compress2(
        &output, &length, $0.bindMemory(to: UInt8.self).baseAddress, uLong(count), Z_DEFAULT_COMPRESSION)
    }
    #expect(status == Z_OK)
    #expect(try Self.count(DeflateCounter(), bytes) == Int(length))
    let zstd = try Self.count(ZstdCounter(), bytes)
    var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(count))
    let whole = bytes.withUnsafeBytes { ZSTD_compress(&frame, frame.count, $0.baseAddress, count, 3) }
    // A frame of unknown length lacks that length, and may end with an empty block.
    #expect(abs(zstd - whole) <= 16 + whole / 100)
  }

  @Test func cancelledWorkEnds() throws {
    let compressor = Compressor(try Model(TinyBundle.graph()), threads: 1)
    let compressed = try compressor.apply(.empty)
    #expect(throws: CompressionError.cancelled) { try Sizes(of: compressed) { true } }
  }

  private static func count(_ counter: some ByteCounter, _ bytes: Data) throws -> Int {
    try bytes.withUnsafeBytes { try counter.append($0) }
    try counter.finish()
    return counter.count
  }
}
