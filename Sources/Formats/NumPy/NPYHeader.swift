import Tensor

/// The header of a .npy array: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
struct NPYHeader {
  let dtype: DType
  let shape: Shape
  let isFortranOrder: Bool
  let isBigEndian: Bool

  static let magic = [0x93] + Array("NUMPY".utf8)
  /// How many bytes tell how long the header is.
  static let prefixCount = 12
  /// Real ones are 128 bytes or so.
  private static let maximumCount = 1 << 20

  private static let types: [String: DType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]

  /// The length in bytes of everything before the data, from the file's first bytes; nil where they do not
  /// begin a .npy array.
  static func byteCount(_ start: some RandomAccessCollection<UInt8>) -> Int? {
    let start = Array(start.prefix(prefixCount))
    guard start.count >= 10, start.starts(with: magic) else { return nil }
    let short = Int(start[8]) | Int(start[9]) << 8
    switch start[6] {
    case 1: return 10 + short
    case 2, 3:
      guard start.count == 12 else { return nil }
      let count = 12 + short + (Int(start[10]) << 16 | Int(start[11]) << 24)
      return count <= maximumCount ? count : nil
    default: return nil
    }
  }

  /// - Parameters:
  ///   - bytes: everything before the data.
  ///   - fail: makes the error from a sentence without its subject.
  init(
    _ bytes: some RandomAccessCollection<UInt8>, fail: (String) -> FormatError
  ) throws(FormatError) {
    let bytes = Array(bytes)
    let text = String(decoding: bytes.dropFirst(bytes[6] == 1 ? 10 : 12), as: UTF8.self)
    guard let entries = PythonLiteral.dictionary(text), case .text(let descr)? = entries["descr"],
      case .flag(let isFortranOrder)? = entries["fortran_order"], case .numbers(let dims)? = entries["shape"]
    else {
      let isRecord = text.contains("'descr': [")
      throw fail(isRecord ? "holds records, which Pare does not read" : "has a damaged NumPy header")
    }
    let order = descr.first ?? " "
    if descr.dropFirst().hasPrefix("O") || descr.hasPrefix("O") {
      throw fail("holds Python objects, which Pare does not read; save an array of numbers")
    }
    guard "<>|=".contains(order), let dtype = Self.types[String(descr.dropFirst())] else {
      throw fail(
        "has element type '\(descr)', which Pare does not read; save it as float32 or a whole number")
    }
    guard let shape = Shape(checking: dims) else {
      throw fail("has an impossible shape: \(dims.map(String.init).joined(separator: "·"))")
    }
    self.dtype = dtype
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    isBigEndian = order == ">"
  }

  /// The header of an array in C order, padded so that the data begins at a multiple of 64 bytes.
  static func bytes(dtype: DType, shape: Shape) -> [UInt8] {
    // The writer has widened the types that NumPy lacks before it asks.
    guard let code = types.first(where: { $0.value == dtype })?.key else {
      preconditionFailure("NumPy has no \(dtype)")
    }
    let order = dtype.bits == 8 ? "|" : "<"
    let dims = shape.dims.map { "\($0)," }.joined(separator: " ")
    let tuple = shape.rank > 1 ? String(dims.dropLast()) : dims
    var text = "{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': (\(tuple)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let count = text.utf8.count
    return magic + [1, 0, UInt8(count & 255), UInt8(count >> 8)] + Array(text.utf8)
  }
}
