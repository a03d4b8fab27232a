import Foundation

/// Numbers of a few bits each, side by side.
///
/// Unchecked, because it holds a pointer: the bytes are written only before it is handed out.
final class PackedNumbers: @unchecked Sendable {
  /// Of each, 16 at most.
  let bits: Int
  let mask: UInt32
  let byteCount: Int
  private let memory: UnsafeMutableRawPointer

  /// Behind the last number there is room for reading and writing a whole word.
  private static let padding = 8

  private init(_ memory: UnsafeMutableRawPointer, bits: Int, count: Int) {
    self.bits = bits
    mask = 1 << UInt32(bits) - 1
    byteCount = (count * bits + 7) / 8 + Self.padding
    // Gives back what packing has left over; where the system refuses, all of it stays.
    self.memory = realloc(memory, byteCount) ?? memory
  }

  deinit { free(memory) }

  subscript(index: Int) -> UInt32 {
    let bit = index &* bits
    let word = memory.loadUnaligned(fromByteOffset: bit >> 3, as: UInt32.self)
    return UInt32(littleEndian: word) >> UInt32(bit & 7) & mask
  }

  /// Memory for so many numbers of 16 bits, in which a `Packer` can then pack them.
  static func allocate(halves count: Int) -> UnsafeMutablePointer<UInt16> {
    // As an array of that size would end: there is no way on without memory.
    guard let memory = malloc(2 * count + padding) else { fatalError("no memory for \(count) numbers") }
    return memory.bindMemory(to: UInt16.self, capacity: count)
  }

  /// Packs numbers into memory from which they may have been read just before.
  struct Packer {
    private let memory: UnsafeMutableRawPointer
    private let bits: Int
    private let mask: UInt64
    private var count = 0
    private var pending: UInt64 = 0
    private var pendingBits = 0
    private var written = 0

    init(_ memory: UnsafeMutablePointer<UInt16>, bits: Int) {
      self.memory = UnsafeMutableRawPointer(memory)
      self.bits = bits
      mask = 1 << UInt64(bits) - 1
    }

    /// Adds the low bits of a number. What is written lies never beyond as many numbers of 16 bits.
    @inline(__always)
    mutating func append(_ number: UInt32) {
      pending |= (UInt64(number) & mask) << UInt64(pendingBits)
      pendingBits += bits
      count += 1
      if pendingBits >= 32 { flush() }
    }

    private mutating func flush() {
      let word = UInt32(truncatingIfNeeded: pending).littleEndian
      memory.storeBytes(of: word, toByteOffset: written, as: UInt32.self)
      written += 4
      pending >>= 32
      pendingBits -= 32
    }

    consuming func finished() -> PackedNumbers {
      flush()
      return PackedNumbers(memory, bits: bits, count: count)
    }
  }
}
