import Tensor

/// Reads NumPy's .npy files, versions 1 to 3, of numbers and booleans.
public enum NPYReader {
  /// The array, in row-major order and this machine's byte order; a view of the mapped file where it is stored
  /// so.
  ///
  /// - Throws: `FormatError` for a file that cannot be opened, is not .npy, has another length than its header
  ///   says, or holds objects, records or text.
  public static func read(path: String) throws(FormatError) -> Tensor {
    let file = try FileAccess.map(path)
    let fail = { FormatError(path, $0) }
    guard let start = NPYHeader.byteCount(file.bytes) else { throw fail("is not a NumPy array (.npy)") }
    guard start <= file.bytes.count else { throw fail("is cut short: its header is not whole") }
    let header = try NPYHeader(file.bytes[..<start], fail: fail)
    let size = file.bytes.count - start
    try header.check(dataByteCount: size, fail: fail)
    let storage = Storage(mapped: file, range: start..<file.bytes.count)
    let isAligned = start % max(header.dtype.bits / 8, 1) == 0
    if isAligned && header.isPlain {
      return Tensor(dtype: header.dtype, shape: header.shape, storage: storage)
    }
    return withExtendedLifetime(storage) { header.tensor(copying: UnsafeRawBufferPointer($0.bytes)) }
  }
}

extension NPYHeader {
  /// Whether the bytes can be used as they are.
  var isPlain: Bool {
    (!isBigEndian || dtype.bits == 8) && (!isFortranOrder || shape.rank < 2) && dtype != .bool
  }

  func check(dataByteCount found: Int, fail: (String) -> FormatError) throws(FormatError) {
    let size = dtype.byteCount(of: shape.count)
    guard found != size else { return }
    throw fail(
      "\(found < size ? "is cut short" : "is damaged"): \(shape) of \(dtype) take \(size) bytes, but \(found) are there"
    )
  }

  /// The array from the file's bytes.
  func tensor(copying bytes: UnsafeRawBufferPointer) -> Tensor {
    Tensor(dtype: dtype, shape: shape) { target in
      if isFortranOrder {
        switch dtype.bits {
        case 8: transpose(bytes, into: target.bindMemory(to: UInt8.self))
        case 16: transpose(bytes, into: target.bindMemory(to: UInt16.self))
        case 32: transpose(bytes, into: target.bindMemory(to: UInt32.self))
        default: transpose(bytes, into: target.bindMemory(to: UInt64.self))
        }
      } else {
        target.copyMemory(from: bytes)
      }
      if isBigEndian { ByteOrder.swap(target, elementSize: dtype.bits / 8) }
      // A Bool that is neither 0 nor 1 would be undefined behaviour in Swift.
      if dtype == .bool {
        for index in target.indices where target[index] > 1 { target[index] = 1 }
      }
    }
  }

  /// From the first axis fastest to the last axis fastest.
  private func transpose<T: BitwiseCopyable>(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<T>
  ) {
    var strides: [Int] = []
    var stride = 1
    for dim in shape.dims {
      strides.append(stride)
      stride *= dim
    }
    var position = [Int](repeating: 0, count: shape.rank)
    var offset = 0
    for index in target.indices {
      target[index] = source.loadUnaligned(fromByteOffset: offset * MemoryLayout<T>.size, as: T.self)
      var axis = shape.rank - 1
      while axis >= 0 {
        position[axis] += 1
        offset += strides[axis]
        if position[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}
