import Tensor

/// How elements lie in the fields of a TensorProto.
extension DType {
  /// The field for elements that are not in raw_data.
  var typedField: TensorMessage.TypedField {
    switch self {
    case .float32: .float
    case .float64: .double
    case .int64: .int64
    case .uint32, .uint64: .uint64
    case .int32, .int16, .int8, .int4, .uint16, .uint8, .uint4, .bool: .int32
    case .float16, .bfloat16, .float8e4m3fn, .float8e5m2: .int32
    }
  }

  /// A tensor of the bytes in `range`: in place in a file that is mapped, and in memory where they are aligned.
  func tensor(_ shape: Shape, bytesAt range: Range<Int>, in storage: Storage) -> Tensor {
    let address = storage.bytes.baseAddress.map { Int(bitPattern: $0) + range.lowerBound } ?? 0
    let isPlaced = storage.isMapped || address % max(bits / 8, 1) == 0
    // A Bool that is neither 0 nor 1 would be undefined behaviour in Swift.
    let isSound = self != .bool || storage.bytes[range].allSatisfy { $0 <= 1 }
    if isPlaced && isSound {
      return Tensor(dtype: self, shape: shape, storage: storage, offset: range.lowerBound)
    }
    return tensor(shape, joining: [range], in: storage)
  }

  /// A tensor of a copy of several runs of bytes.
  func tensor(_ shape: Shape, joining pieces: [Range<Int>], in storage: Storage) -> Tensor {
    Tensor(dtype: self, shape: shape) { target in
      var offset = 0
      for piece in pieces where !piece.isEmpty {
        target.baseAddress!.advanced(by: offset).copyMemory(
          from: storage.bytes.baseAddress! + piece.lowerBound, byteCount: piece.count)
        storage.forget(piece)
        offset += piece.count
      }
      if self == .bool {
        for index in target.indices where target[index] > 1 { target[index] = 1 }
      }
    }
  }

  /// A tensor of varints, which must be as many as it has elements; wider ones are cut to the type's bits.
  func tensor(
    _ shape: Shape, decoding pieces: [Range<Int>], in storage: Storage
  ) throws(WireReader.Failure) -> Tensor {
    switch self {
    case .int64, .uint64: try varints(as: UInt64.self, shape, pieces, storage)
    case .int32, .uint32: try varints(as: UInt32.self, shape, pieces, storage)
    case .int16, .uint16, .float16, .bfloat16: try varints(as: UInt16.self, shape, pieces, storage)
    case .int8, .uint8, .int4, .uint4, .float8e4m3fn, .float8e5m2:
      try varints(as: UInt8.self, shape, pieces, storage)
    case .bool: try varints(as: UInt8.self, shape, pieces, storage) { $0 == 0 ? 0 : 1 }
    // `TensorMessage.value` has returned by then: these lie in the file as their bytes.
    case .float32, .float64: preconditionFailure("\(self) is not stored in varints")
    }
  }

  private func varints<T: FixedWidthInteger & BitwiseCopyable>(
    as type: T.Type, _ shape: Shape, _ pieces: [Range<Int>], _ storage: Storage,
    _ convert: (UInt64) -> T = { T(truncatingIfNeeded: $0) }
  ) throws(WireReader.Failure) -> Tensor {
    let target = Storage(byteCount: byteCount(of: shape.count))
    var index = 0
    for piece in pieces {
      var reader = WireReader(storage, piece)
      while !reader.isAtEnd {
        target.bytes.storeBytes(
          of: convert(try reader.varint()), toByteOffset: index * MemoryLayout<T>.size, as: T.self)
        index += 1
      }
    }
    return Tensor(dtype: self, shape: shape, storage: target)
  }
}
