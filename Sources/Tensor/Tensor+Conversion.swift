extension Tensor {
  /// The same numbers as another type, as ONNX's Cast defines it: to whole numbers by cutting off the fraction
  /// and the bits that do not fit, to `bool` by asking whether it is not zero.
  ///
  /// - Parameter saturating: of 8-bit floats: whether what is too large becomes the largest finite number.
  public func converted(to target: DType, saturating: Bool = true) -> Tensor {
    if target == dtype { return self }
    if let format = target.float8 {
      return Tensor(bits: floats.map { format.encode($0, saturating: saturating) }, as: target, shape: shape)
    }
    switch target {
    case .float32: return Tensor(floats, shape: shape)
    case .float64: return Tensor(doubles, shape: shape)
    case .float16: return Tensor(bits: floats.map(\.halfBits), as: .float16, shape: shape)
    case .bfloat16: return Tensor(bits: floats.map(\.bfloat16Bits), as: .bfloat16, shape: shape)
    case .bool:
      return Tensor(
        (dtype.isFloatingPoint ? doubles.map { $0 != 0 } : wholes(for: target).map { $0 != 0 }), shape: shape)
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .int4, .uint4:
      return Tensor(wrapping: wholes(for: target), as: target, shape: shape)
    // The types that have a `Float8Format` have returned by then.
    case .float8e4m3fn, .float8e5m2: preconditionFailure("\(target) has a format")
    }
  }

  /// A tensor of a whole-number type or `bool`, from the low bits of each number.
  public init(wrapping integers: [Int], as dtype: DType, shape: Shape) {
    precondition(integers.count == shape.count)
    switch dtype {
    case .int8: self.init(integers.map { Int8(truncatingIfNeeded: $0) }, shape: shape)
    case .uint8: self.init(integers.map { UInt8(truncatingIfNeeded: $0) }, shape: shape)
    case .int16: self.init(integers.map { Int16(truncatingIfNeeded: $0) }, shape: shape)
    case .uint16: self.init(integers.map { UInt16(truncatingIfNeeded: $0) }, shape: shape)
    case .int32: self.init(integers.map { Int32(truncatingIfNeeded: $0) }, shape: shape)
    case .uint32: self.init(integers.map { UInt32(truncatingIfNeeded: $0) }, shape: shape)
    case .int64: self.init(integers.map { Int64($0) }, shape: shape)
    case .uint64: self.init(integers.map { UInt64(truncatingIfNeeded: $0) }, shape: shape)
    case .bool: self.init(integers.map { $0 != 0 }, shape: shape)
    case .int4, .uint4:
      self.init(dtype: dtype, shape: shape) { bytes in
        for index in bytes.indices {
          let low = UInt8(truncatingIfNeeded: integers[2 * index] & 15)
          let high =
            2 * index + 1 < integers.count ? UInt8(truncatingIfNeeded: integers[2 * index + 1] & 15) : 0
          bytes[index] = low | high << 4
        }
      }
    // Callers ask `isFloatingPoint` before, or name the type themselves.
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32, .float64:
      preconditionFailure("\(dtype) is no whole-number type")
    }
  }

  /// The elements as `Double`: exact but for 64-bit integers, which are rounded.
  public var doubles: [Double] {
    switch dtype {
    case .float64: array(of: Double.self)
    case .uint64: array(of: UInt64.self).map { Double($0) }
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32: floats.map { Double($0) }
    default: (integers ?? []).map { Double($0) }
    }
  }

  /// The elements without their fractions; numbers beyond `Int` become its ends, or the same bits where `target` holds
  /// them, and NaN 0.
  private func wholes(for target: DType) -> [Int] {
    switch dtype {
    case .uint64: array(of: UInt64.self).map { Int(truncatingIfNeeded: $0) }
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32, .float64:
      doubles.map { value in
        if value.isNaN { return 0 }
        let whole = value.rounded(.towardZero)
        if target == .uint64, let bits = UInt64(exactly: whole) { return Int(truncatingIfNeeded: bits) }
        return Int(exactly: whole) ?? (value < 0 ? .min : .max)
      }
    default: integers ?? []
    }
  }

  /// - Parameter bits: of each element, as wide as `dtype`.
  private init<Bits: TensorElement>(bits: [Bits], as dtype: DType, shape: Shape) {
    self.init(dtype: dtype, shape: shape) { _ = $0.bindMemory(to: Bits.self).initialize(from: bits) }
  }
}
