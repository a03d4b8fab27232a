import Tensor

/// Typed access to fields; what has another wire type than onnx.proto says is damage.
extension ModelDecoder {
  func fail(_ reason: String) -> FormatError { FormatError(path, reason) }

  func next(_ reader: inout WireReader) throws(FormatError) -> WireReader.Field? {
    do {
      return try reader.next()
    } catch {
      throw damage(error)
    }
  }

  func int(_ field: WireReader.Field) throws(FormatError) -> Int {
    guard case .varint(let value) = field.value else { throw wrongKind(field) }
    return Int(truncatingIfNeeded: value)
  }

  func float(_ field: WireReader.Field) throws(FormatError) -> Float {
    guard case .fixed32(let bits) = field.value else { throw wrongKind(field) }
    return Float(bitPattern: bits)
  }

  func bytes(_ field: WireReader.Field) throws(FormatError) -> Range<Int> {
    guard case .bytes(let range) = field.value else { throw wrongKind(field) }
    return range
  }

  /// nil where the bytes are not UTF-8.
  func textIfValid(_ field: WireReader.Field) throws(FormatError) -> String? {
    let range = try bytes(field)
    return String(validating: UnsafeRawBufferPointer(rebasing: storage.bytes[range]), as: UTF8.self)
  }

  func text(_ field: WireReader.Field) throws(FormatError) -> String {
    guard let text = try textIfValid(field) else {
      throw fail("is damaged at byte \(field.range.lowerBound): a name is not UTF-8")
    }
    return text
  }

  /// Appends the elements of a repeated whole number, packed or one by one.
  func appendInts(_ field: WireReader.Field, to values: inout [Int]) throws(FormatError) {
    guard case .bytes(let range) = field.value else {
      values.append(try int(field))
      return
    }
    var reader = WireReader(storage, range)
    do {
      while !reader.isAtEnd { values.append(Int(truncatingIfNeeded: try reader.varint())) }
    } catch {
      throw damage(error)
    }
  }

  /// Appends the elements of a repeated float, packed or one by one.
  func appendFloats(_ field: WireReader.Field, to values: inout [Float]) throws(FormatError) {
    guard case .bytes(let range) = field.value else {
      values.append(try float(field))
      return
    }
    guard range.count % 4 == 0 else { throw wrongKind(field) }
    let raw = UnsafeRawBufferPointer(storage.bytes)
    for offset in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
      let bits = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      values.append(Float(bitPattern: UInt32(littleEndian: bits)))
    }
  }

  func damage(_ failure: WireReader.Failure) -> FormatError {
    fail("is not ONNX, or damaged at byte \(failure.offset): \(failure.reason)")
  }

  func wrongKind(_ field: WireReader.Field) -> FormatError {
    fail(
      "is not ONNX, or damaged at byte \(field.range.lowerBound): field \(field.number) is of the wrong kind")
  }
}
