/// Numbers of any width one behind the other, each with its highest bit first.
package struct BitWriter {
  package private(set) var bytes: [UInt8] = []
  /// Bits of the last byte that are not used yet.
  private var free = 0

  package init() {}

  /// - Parameter bits: 0...64; those of `value` above them are left out.
  package mutating func write(_ value: UInt64, bits: Int) {
    var left = bits
    while left > 0 {
      if free == 0 {
        bytes.append(0)
        free = 8
      }
      let count = min(left, free)
      let part = UInt8(truncatingIfNeeded: value >> UInt64(left - count)) & UInt8((1 << count) - 1)
      bytes[bytes.count - 1] |= part << UInt8(free - count)
      free -= count
      left -= count
    }
  }

  /// Begins a new byte.
  package mutating func align() { free = 0 }
}

/// Reads what `BitWriter` has written.
package struct BitReader {
  private let bytes: [UInt8]
  private var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next number; nil where the bytes end before.
  package mutating func read(bits: Int) -> UInt64? {
    guard position + bits <= 8 * bytes.count else { return nil }
    var value: UInt64 = 0
    var left = bits
    while left > 0 {
      let free = 8 - position % 8
      let count = min(left, free)
      let part = bytes[position / 8] >> UInt8(free - count) & UInt8((1 << count) - 1)
      value = value << UInt64(count) | UInt64(part)
      position += count
      left -= count
    }
    return value
  }

  package mutating func align() { position = (position + 7) / 8 * 8 }
}
