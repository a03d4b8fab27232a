import Formats
import Foundation
import Tensor
import Testing

@Suite struct IDXReaderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> Tensor {
    try IDXReader.read(path: try directory.write(bytes, to: "a-idx3-ubyte"))
  }

  @Test func readsPlainAndGzipped() throws {
    #expect(try read(Fixture.labels).array(of: UInt8.self) == [7, 2])
    let images = try read(Fixture.gzippedImages)
    #expect(images.shape == [2, 2, 3])
    #expect(images.array(of: UInt8.self) == [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255])
    // Two gzip members, one behind the other, are one file.
    expectReason("holds more than the 12 bytes") {
      _ = try read(Fixture.gzippedImages + Fixture.gzippedImages)
    }
  }

  @Test func readsWiderTypes() throws {
    let words = try read([0, 0, 0x0b, 1, 0, 0, 0, 2, 0xff, 0xfe, 0x01, 0x00])
    #expect(words.array(of: Int16.self) == [-2, 256])
    #expect(try read([0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0]).floats == [1.5])
  }

  @Test func refusesWhatDoesNotFitItsHeader() {
    expectReason("a-idx3", "is cut short", "2 bytes, but 1 are there") {
      _ = try read(Fixture.labels.dropLast())
    }
    expectReason("holds more than the 2 bytes") { _ = try read(Fixture.labels + [0]) }
    expectReason("impossible size") { _ = try read([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12)) }
    expectReason("not an IDX file") { _ = try read([0, 0, 7, 1, 0, 0, 0, 0]) }
    expectReason("not an IDX file") { _ = try read([]) }
    expectReason("header is not whole") { _ = try read([0, 0, 8, 3, 0, 0]) }
  }

  @Test func noticesDamagedGzip() throws {
    let whole = try read(Fixture.gzippedImages).contentHash
    for count in 0..<Fixture.gzippedImages.count {
      expectReason("a-idx3") { _ = try read(Array(Fixture.gzippedImages.prefix(count))) }
    }
    for index in Fixture.gzippedImages.indices {
      var damaged = Fixture.gzippedImages
      damaged[index] ^= 0x04
      guard let tensor = try? read(damaged) else { continue }
      #expect(tensor.contentHash == whole, "byte \(index)")
    }
  }

  /// 16 GB claimed by a gzip file of a few bytes: refused before memory is taken.
  @Test func refusesClaimsThatGzipCannotHold() throws {
    let packed = [UInt8](Data(base64Encoded: "H4sIAAAAAAACA2Ng4GBiYHBgYBBgIAMAAG42Gqc+AAAA")!)
    expectReason("more than it can hold") { _ = try read(packed) }
  }
}
