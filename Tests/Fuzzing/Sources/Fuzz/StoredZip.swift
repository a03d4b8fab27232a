/// A zip archive of one file that is not compressed, with the right checksum.
enum StoredZip {
  static func bytes(name: String, _ content: [UInt8]) -> [UInt8] {
    let name = Array(name.utf8)
    let sums = number(CRC32.of(content), 4) + number(UInt32(content.count), 4) * 2
    // Version, flags, method, time and date.
    let facts: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 33, 0]
    let lengths = number(UInt32(name.count), 2) + [0, 0]
    let local = Array("PK\u{3}\u{4}".utf8) + facts + sums + lengths + name + content
    let central =
      Array("PK\u{1}\u{2}".utf8) + [20, 0] + facts + sums + lengths + [UInt8](repeating: 0, count: 14)
      + name
    let end =
      Array("PK\u{5}\u{6}".utf8) + [0, 0, 0, 0, 1, 0, 1, 0] + number(UInt32(central.count), 4)
      + number(UInt32(local.count), 4) + [0, 0]
    return local + central + end
  }

  private static func number(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

private func * (bytes: [UInt8], times: Int) -> [UInt8] { (0..<times).flatMap { _ in bytes } }

/// The checksum of zip, gzip and PNG.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
