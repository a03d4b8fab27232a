/// The chunks of a PNG file: four bytes of length, four of type, the content, and four of checksum over the last two.
enum PNGChecksums {
  /// The same file with the right checksums, as far as its lengths can be followed.
  static func corrected(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    guard bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) else { return bytes }
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { break }
      let sum = CRC32.of(bytes[(start + 4)..<end])
      for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index)) }
      start = end + 4
    }
    return bytes
  }
}
