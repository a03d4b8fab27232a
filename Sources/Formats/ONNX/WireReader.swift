import Tensor

/// Reads protobuf's wire format, field after field, from bytes that stay where they are.
///
/// Pare has its own reader instead of the protobuf library because that one copies every weight out of the
/// file and stops at 2 GiB; this one gives the place of a field's bytes, so that a tensor can be used where it
/// lies in the mapped file. It trusts nothing: a length is compared with what the message really holds, and
/// no memory is taken on the word of the file.
///
/// Positions are offsets into the whole file. See protobuf.dev/programming-guides/encoding.
package struct WireReader {
  /// What a field holds, by its wire type.
  package enum Value: Hashable, Sendable {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(Range<Int>)
    case fixed32(UInt32)
  }

  package struct Field: Hashable, Sendable {
    package let number: Int
    package let value: Value
    /// Where the value is encoded, without its tag and length.
    package let range: Range<Int>
  }

  /// Where and why the bytes are not protobuf.
  package struct Failure: Error, Hashable, Sendable {
    package let offset: Int
    package let reason: String
  }

  private let storage: Storage
  package private(set) var position: Int
  private let end: Int

  /// A reader of the message in `range` of `storage`.
  package init(_ storage: Storage, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= storage.bytes.count)
    self.storage = storage
    position = range.lowerBound
    end = range.upperBound
  }

  package var isAtEnd: Bool { position == end }

  /// The next field of the message, nil at its end.
  ///
  /// - Throws: `Failure` for anything that is not a whole field; groups, which ONNX never had, among it.
  package mutating func next() throws(Failure) -> Field? {
    if isAtEnd { return nil }
    let start = position
    let tag = try varint()
    guard tag <= UInt64(UInt32.max), tag >> 3 != 0 else {
      throw Failure(offset: start, reason: "there is no field of this number")
    }
    let number = Int(tag >> 3)
    let body = position
    switch tag & 7 {
    case 0:
      let value = try varint()
      return Field(number: number, value: .varint(value), range: body..<position)
    case 1:
      let range = try take(8, at: start)
      return Field(number: number, value: .fixed64(load(range)), range: range)
    case 2:
      let length = try varint()
      let range = try take(length, at: start)
      return Field(number: number, value: .bytes(range), range: range)
    case 5:
      let range = try take(4, at: start)
      return Field(number: number, value: .fixed32(load(range)), range: range)
    default:
      throw Failure(offset: start, reason: "a field has wire type \(tag & 7), which ONNX does not use")
    }
  }

  /// A number of up to ten bytes, seven bits in each, the lowest first.
  package mutating func varint() throws(Failure) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
      let byte = UInt64(storage.bytes[position])
      position += 1
      if shift == 63 && byte > 1 { throw Failure(offset: start, reason: "a number takes more than 64 bits") }
      value |= (byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Failure(offset: start, reason: "a number is cut off")
  }

  private mutating func take(_ length: UInt64, at start: Int) throws(Failure) -> Range<Int> {
    let left = end - position
    guard length <= UInt64(left) else {
      throw Failure(
        offset: start,
        reason: "a field claims \(length) bytes but \(left) are left; the file may be cut short")
    }
    let range = position..<position + Int(length)
    position = range.upperBound
    return range
  }

  private func load<T: FixedWidthInteger & BitwiseCopyable>(_ range: Range<Int>) -> T {
    T(
      littleEndian: UnsafeRawBufferPointer(storage.bytes).loadUnaligned(
        fromByteOffset: range.lowerBound, as: T.self))
  }
}
