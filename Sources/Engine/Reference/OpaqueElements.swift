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

  /// A tensor of the same type that reads this one's elements with a stride along each axis.
  ///
  /// - Parameters:
  ///   - strides: in elements, one for each axis of `shape`; 0 repeats.
  ///   - offset: of the first element.
  func strided(to shape: Shape, strides: [Int], offset: Int = 0) -> Tensor {
    moved(to: shape) { source, target, width in
      switch width {
      case 1: gather(UInt8.self, source, target, shape, strides, offset)
      case 2: gather(UInt16.self, source, target, shape, strides, offset)
      case 4: gather(UInt32.self, source, target, shape, strides, offset)
      default: gather(UInt64.self, source, target, shape, strides, offset)
      }
    }
  }

  /// A tensor of the same type made of pieces of `length` elements.
  ///
  /// - Parameter starts: where each piece begins here, in elements; nil for zeros.
  func picked(_ starts: [Int?], length: Int = 1, shape: Shape) -> Tensor {
    moved(to: shape) { source, target, width in
      for (index, start) in starts.enumerated() {
        let place = index * length * width
        if let start {
          target.copy(length * width, from: source, at: start * width, to: place)
        } else {
          UnsafeMutableRawBufferPointer(rebasing: target[place..<place + length * width])
            .initializeMemory(as: UInt8.self, repeating: 0)
        }
      }
    }
  }
}

/// Writes `target` in order, reading with the given strides.
private func gather<Piece: BitwiseCopyable>(
  _ type: Piece.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
  _ shape: Shape, _ strides: [Int], _ offset: Int
) {
  if shape.dims.contains(0) { return }
  let from = source.bindMemory(to: Piece.self)
  let to = target.bindMemory(to: Piece.self)
  guard let count = shape.dims.last, let step = strides.last else {
    to.initializeElement(at: 0, to: from[offset])
    return
  }
  var index = 0
  StridedWalk(sizes: shape.dims.dropLast(), strides: [strides.dropLast()]).visit { offsets in
    let start = offset + offsets[0]
    for k in 0..<count {
      to.initializeElement(at: index, to: from[start + k * step])
      index += 1
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Copies `count` bytes.
  func copy(_ count: Int, from source: UnsafeRawBufferPointer, at start: Int, to target: Int) {
    UnsafeMutableRawBufferPointer(rebasing: self[target..<target + count]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: source[start..<start + count]))
  }
}
