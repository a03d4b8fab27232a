import Tensor

/// What stands before the data of an IDX file: two zeros, the type, the rank, and a big-endian 32-bit size for
/// each axis.
struct IDXHeader {
  let path: String
  let dtype: DType
  let shape: Shape
  /// Length of the header itself.
  let byteCount: Int

  var dataByteCount: Int { dtype.byteCount(of: shape.count) }

  private static let types: [UInt8: DType] = [
    0x08: .uint8, 0x09: .int8, 0x0b: .int16, 0x0c: .int32, 0x0d: .float32, 0x0e: .float64,
  ]

  /// - Throws: `FormatError` where these bytes do not begin an IDX file.
  init(_ bytes: some RandomAccessCollection<UInt8>, path: String) throws(FormatError) {
    self.path = path
    let start = Array(bytes.prefix(4))
    guard start.count == 4, start[0] == 0, start[1] == 0, let dtype = Self.types[start[2]], start[3] > 0
    else {
      throw FormatError(path, "is not an IDX file: its first bytes are \(start)")
    }
    let rank = Int(start[3])
    byteCount = 4 + 4 * rank
    let sizes = Array(bytes.prefix(byteCount).dropFirst(4))
    guard sizes.count == 4 * rank else { throw FormatError(path, "is cut short: its header is not whole") }
    let dims = (0..<rank).map { axis in sizes[(axis * 4)..<(axis * 4 + 4)].reduce(0) { $0 << 8 | Int($1) } }
    guard let shape = Shape(checking: dims) else {
      throw FormatError(path, "claims an impossible size: \(dims.map(String.init).joined(separator: "·"))")
    }
    self.dtype = dtype
    self.shape = shape
  }

  func cutShort(_ found: Int?) -> FormatError {
    let claim = "its header claims \(shape), which is \(dataByteCount) bytes"
    guard let found else { return FormatError(path, "is damaged: \(claim), more than it can hold") }
    return FormatError(path, "is cut short: \(claim), but \(found) are there")
  }

  func tooLong() -> FormatError {
    FormatError(
      path, "is damaged: it holds more than the \(dataByteCount) bytes that its header claims (\(shape))")
  }
}
