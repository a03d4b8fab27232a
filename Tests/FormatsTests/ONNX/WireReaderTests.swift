import Formats
import Tensor
import Testing

@Suite struct WireReaderTests {
  private func reader(_ bytes: [UInt8]) -> WireReader {
    let storage = Storage(byteCount: bytes.count)
    storage.bytes.copyBytes(from: bytes)
    return WireReader(storage, 0..<bytes.count)
  }

  /// All fields, or the failure.
  private func fields(_ bytes: [UInt8]) throws -> [WireReader.Field] {
    var reader = reader(bytes)
    var fields: [WireReader.Field] = []
    while let field = try reader.next() { fields.append(field) }
    return fields
  }

  @Test func readsEveryWireType() throws {
    let bytes: [UInt8] =
      [0x08, 0x96, 0x01] + [0x11, 1, 0, 0, 0, 0, 0, 0, 0x80] + [0x1a, 2, 65, 66] + [0x25, 0, 0, 0x80, 0x3f]
    let fields = try fields(bytes)
    #expect(fields.map(\.number) == [1, 2, 3, 4])
    #expect(
      fields.map(\.value) == [
        .varint(150), .fixed64(0x8000_0000_0000_0001), .bytes(14..<16), .fixed32(0x3f80_0000),
      ])
  }

  @Test func emptyMessageHasNoFields() throws {
    #expect(try fields([]).isEmpty)
  }

  @Test func readsNegativeAndOverlongNumbers() throws {
    let minusOne = [UInt8](repeating: 0xff, count: 9) + [1]
    #expect(try fields([0x08] + minusOne).map(\.value) == [.varint(.max)])
    // Three bytes where one would do: allowed by the format.
    #expect(try fields([0x08, 0x81, 0x80, 0x00]).map(\.value) == [.varint(1)])
  }

  @Test(
    arguments: [
      [0x08], [0x08, 0x80], [0x80],  // cut off
      [0x08] + [UInt8](repeating: 0xff, count: 10) + [1],  // eleven bytes
      [0x08] + [UInt8](repeating: 0xff, count: 9) + [2],  // 65 bits
      [0x0a, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x0a] + [UInt8](repeating: 0xff, count: 9) + [1],
      [0x09, 0, 0], [0x0d, 0],  // fixed sizes cut off
      [0x0b], [0x0c], [0x0e], [0x0f],  // groups and types that do not exist
      [0x00, 0], [0x02, 0], [0xf8, 0xff, 0xff, 0xff, 0xff, 0x01, 0],  // no such field number
    ] as [[UInt8]])
  func refuses(_ bytes: [UInt8]) {
    #expect(throws: WireReader.Failure.self) { try fields(bytes) }
  }

  @Test func failureSaysWhere() {
    #expect {
      try fields([0x08, 1, 0x0a, 9, 65])
    } throws: { error in
      let failure = error as? WireReader.Failure
      return failure?.offset == 2 && failure?.reason.contains("claims 9 bytes but 1 are left") == true
    }
  }
}
