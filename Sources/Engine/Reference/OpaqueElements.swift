import Tensor

/// For operators that move elements and do not look at them: any type, as pieces of whole bytes.
extension Tensor {
  /// With every element in bytes of its own: packed 4-bit numbers are spread.
  var spread: Tensor {
    guard dtype.bits == 4, let integers else { return self }
    return Tensor(wrapping: integers, as: .uint8, shape: shape)
  }

  /// A tensor of `dtype` from elements in bytes of their own.
  func packed(as dtype: DType) -> Tensor {
    guard dtype.bits == 4, let integers else { return self }
    return Tensor(wrapping: integers, as: dtype, shape: shape)
  }

  /// A tensor of the same type whose elements `body` moves from this one's.
  ///
  /// - Parameter body: gets these elements' bytes, the new ones', and the bytes of one element.
  func moved(
    to shape: Shape, _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer, Int) throws -> Void
  ) rethrows -> Tensor {
    let source = spread
    let result = try source.withUnsafeBytes { bytes in
      try Tensor(dtype: source.dtype, shape: shape) { try body(bytes, $0, source.dtype.bits / 8) }
    }
    return result.packed(as: dtype)
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Copies `count` bytes.
  func copy(_ count: Int, from source: UnsafeRawBufferPointer, at start: Int, to target: Int) {
    UnsafeMutableRawBufferPointer(rebasing: self[target..<target + count]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: source[start..<start + count]))
  }
}
