import Formats
import Tensor
import Testing

@Suite struct NPZArchiveTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws -> [String: Tensor] {
    try NPZReader.read(path: try directory.write(bytes, to: "a.npz"))
  }

  @Test(arguments: [Fixture.deflated, Fixture.stored])
  func readsArrays(_ bytes: [UInt8]) throws {
    let arrays = try read(bytes)
    #expect(arrays.keys.sorted() == ["x", "y"])
    #expect(arrays["x"]?.shape == [4, 2])
    #expect(arrays["x"]?.array(of: Float.self) == (0..<8).map(Float.init))
    #expect(arrays["y"]?.array(of: Int64.self) == [3, 1, 0, 2])
  }

  @Test func refusesWhatIsNoArchive() {
    expectReason("a.npz", "not a NumPy archive") { _ = try read(Array("PK but not really".utf8)) }
    expectReason("a.npz") { _ = try read([]) }
  }

  @Test(arguments: [Fixture.deflated, Fixture.stored])
  func noticesDamage(_ bytes: [UInt8]) throws {
    let whole = try read(bytes).mapValues(\.contentHash)
    for count in 0..<bytes.count {
      expectReason("a.npz") { _ = try read(Array(bytes.prefix(count))) }
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      // A changed byte is refused, or lies where no number does: in names, dates and paddings.
      guard let arrays = try? read(damaged) else { continue }
      for (name, tensor) in arrays where whole[name] != nil { #expect(tensor.contentHash == whole[name]) }
    }
  }
}
