import Graph
import Tensor

/// A TensorProto with its fields found and its numbers not yet looked at.
struct TensorMessage {
  var name = ""
  var dims: [Int] = []
  var type = 0
  /// Bytes as they lie in memory, little-endian.
  var raw: Range<Int>?
  /// The pieces in which a typed field holds its elements, packed or one by one, by the field.
  var pieces: [TypedField: [Range<Int>]] = [:]
  /// Where the bytes are instead of in this file: `location`, `offset` and `length`.
  var external: [String: String] = [:]
  var isExternal = false
  var isSegment = false
  var holdsStrings = false

  /// The typed fields, by their number in TensorProto.
  enum TypedField: Int {
    case float = 4
    case int32 = 5
    case int64 = 7
    case double = 10
    case uint64 = 11
  }

  var isText: Bool { type == 8 || holdsStrings }
}

extension ModelDecoder {
  /// TensorProto.
  func tensor(_ range: Range<Int>) throws(FormatError) -> TensorMessage {
    var message = TensorMessage()
    var fields = WireReader(storage, range)
    while let field = try next(&fields) {
      switch field.number {
      case 1: try appendInts(field, to: &message.dims)
      case 2: message.type = try int(field)
      case 3: message.isSegment = true
      case 6: message.holdsStrings = true
      case 8: message.name = try text(field)
      case 9: message.raw = try bytes(field)
      case 13:
        let (key, value) = try entry(bytes(field))
        message.external[key] = value
      case 14: message.isExternal = try int(field) == 1
      default:
        if let typed = TensorMessage.TypedField(rawValue: field.number) {
          message.pieces[typed, default: []].append(field.range)
        }
      }
    }
    return message
  }
}

extension TensorMessage {
  /// The tensor: a view of the file where its bytes lie there as they should in memory, else a copy.
  ///
  /// - Throws: `FormatError` that names the tensor where its data, type and shape do not agree, or where Pare
  ///   does not read such a tensor.
  func value(in decoder: ModelDecoder) throws(FormatError) -> Tensor {
    func fail(_ reason: String) -> FormatError { decoder.fail("tensor '\(name)' \(reason)") }

    if isText { throw fail("holds strings, which Pare does not read") }
    if isSegment { throw fail("is stored in segments, which Pare does not read") }
    guard let dtype = DType(rawValue: type) else {
      throw fail("has element type \(type), which Pare does not read")
    }
    guard let shape = Shape(checking: dims) else {
      throw fail("has an impossible shape: \(dims.map(String.init).joined(separator: "·"))")
    }
    let size = dtype.byteCount(of: shape.count)
    if isExternal || external["location"] != nil {
      let (storage, range) = try decoder.outside.place(
        of: self, size: size, alignment: dtype == .bool ? nil : max(dtype.bits / 8, 1))
      return dtype.tensor(shape, bytesAt: range, in: storage)
    }
    if let raw {
      guard raw.count == size else {
        throw fail("holds \(raw.count) bytes, but \(shape) elements of \(dtype) take \(size)")
      }
      return dtype.tensor(shape, bytesAt: raw, in: decoder.storage)
    }
    let field = dtype.typedField
    let pieces = pieces[field] ?? []
    if dtype == .float32 || dtype == .float64 {
      let found = pieces.reduce(0) { $0 + $1.count }
      guard found == size else {
        throw fail("holds \(found) bytes, but \(shape) elements of \(dtype) take \(size)")
      }
      if pieces.count == 1 { return dtype.tensor(shape, bytesAt: pieces[0], in: decoder.storage) }
      return dtype.tensor(shape, joining: pieces, in: decoder.storage)
    }
    // In these fields an element is a number of one to ten bytes; 4-bit elements share one, two by two.
    let expected = dtype.bits == 4 ? size : shape.count
    let bytes = UnsafeRawBufferPointer(decoder.storage.bytes)
    let found = pieces.reduce(0) { $0 + bytes[$1].count(where: { $0 < 0x80 }) }
    guard found == expected else {
      throw fail("holds \(found) numbers, but its shape \(shape) of \(dtype) takes \(expected)")
    }
    do {
      return try dtype.tensor(shape, decoding: pieces, in: decoder.storage)
    } catch {
      throw decoder.damage(error)
    }
  }
}

extension Shape {
  /// nil for negative sizes, and for so many elements that counting them or their bytes would overflow.
  init?(checking dims: [Int]) {
    var product = 64
    for dim in dims {
      guard dim >= 0 else { return nil }
      // Zero counts as one, because strides multiply the other sizes.
      let (next, overflow) = product.multipliedReportingOverflow(by: max(dim, 1))
      if overflow { return nil }
      product = next
    }
    self.init(dims)
  }
}
