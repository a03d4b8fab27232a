import Tensor

/// Builds a protobuf message. Numbers and names are encoded at once; the bytes of tensors are only referred to
/// until the message is written, so a model costs no second copy of its weights.
package struct WireWriter {
  /// All but the payloads.
  private var bytes: [UInt8] = []
  /// Tensors whose bytes belong in front of position `at` of `bytes`, in order.
  private var payloads: [(at: Int, tensor: Tensor)] = []
  /// Length of the message in bytes.
  package private(set) var count = 0

  package init() {}

  package mutating func int(_ field: Int, _ value: Int) {
    tag(field, 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  package mutating func float(_ field: Int, _ value: Float) {
    tag(field, 5)
    put(value)
  }

  package mutating func text(_ field: Int, _ value: String) {
    header(field, length: value.utf8.count)
    bytes.append(contentsOf: value.utf8)
    count += value.utf8.count
  }

  package mutating func packedInts(_ field: Int, _ values: [Int]) {
    var body = WireWriter()
    for value in values { body.varint(UInt64(bitPattern: Int64(value))) }
    message(field, body)
  }

  package mutating func packedFloats(_ field: Int, _ values: [Float]) {
    header(field, length: values.count * 4)
    for value in values { put(value) }
  }

  /// The bytes of a tensor as they lie in memory.
  package mutating func payload(_ field: Int, _ tensor: Tensor) {
    header(field, length: tensor.byteCount)
    payloads.append((bytes.count, tensor))
    count += tensor.byteCount
  }

  package mutating func message(_ field: Int, _ message: WireWriter) {
    header(field, length: message.count)
    for (at, tensor) in message.payloads { payloads.append((bytes.count + at, tensor)) }
    bytes.append(contentsOf: message.bytes)
    count += message.count
  }

  /// Gives the message to `body`, run of bytes after run of bytes.
  package func forEachRun(
    _ body: (UnsafeRawBufferPointer) throws(FormatError) -> Void
  ) throws(FormatError) {
    var start = 0
    for (at, tensor) in payloads {
      try bytes[start..<at].withRun(body)
      try tensor.withRun(body)
      start = at
    }
    try bytes[start...].withRun(body)
  }

  private mutating func header(_ field: Int, length: Int) {
    tag(field, 2)
    varint(UInt64(length))
  }

  private mutating func tag(_ field: Int, _ type: Int) { varint(UInt64(field << 3 | type)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
      count += 1
    }
    bytes.append(UInt8(rest))
    count += 1
  }

  private mutating func put(_ value: Float) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    count += 4
  }
}

/// The standard library's accessors forget which error their closure throws.
extension ArraySlice<UInt8> {
  fileprivate func withRun(_ body: (UnsafeRawBufferPointer) throws(FormatError) -> Void) throws(FormatError) {
    try withUnsafeBytes { run in Result { () throws(FormatError) in try body(run) } }.get()
  }
}

extension Tensor {
  func withRun(_ body: (UnsafeRawBufferPointer) throws(FormatError) -> Void) throws(FormatError) {
    try withUnsafeBytes { run in Result { () throws(FormatError) in try body(run) } }.get()
  }
}
