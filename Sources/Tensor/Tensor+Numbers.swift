extension Tensor {
  /// The elements as `Int`, for shapes, axes and indices; nil unless the type is a whole-number type.
  public var integers: [Int]? {
    switch dtype {
    case .int64: array(of: Int64.self).map { Int($0) }
    case .int32: array(of: Int32.self).map { Int($0) }
    case .int16: array(of: Int16.self).map { Int($0) }
    case .int8: array(of: Int8.self).map { Int($0) }
    case .uint8: array(of: UInt8.self).map { Int($0) }
    case .uint16: array(of: UInt16.self).map { Int($0) }
    case .uint32: array(of: UInt32.self).map { Int($0) }
    case .uint64: array(of: UInt64.self).map { Int(clamping: $0) }
    case .bool: array(of: UInt8.self, reading: .bool).map { Int($0) }
    case .int4, .uint4: unpackedNibbles
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32, .float64: nil
    }
  }

  /// The elements as `Float`, rounded to nearest where the type is wider.
  public var floats: [Float] {
    switch dtype {
    case .float32: array(of: Float.self)
    case .float64: array(of: Double.self).map { Float($0) }
    case .uint64: array(of: UInt64.self).map { Float($0) }
    case .float16: array(of: UInt16.self, reading: .float16).map { Float(halfBits: $0) }
    case .bfloat16: array(of: UInt16.self, reading: .bfloat16).map { Float(bitPattern: UInt32($0) << 16) }
    case .float8e4m3fn: array(of: UInt8.self, reading: dtype).map { Float8Format.e4m3fn.decode($0) }
    case .float8e5m2: array(of: UInt8.self, reading: dtype).map { Float8Format.e5m2.decode($0) }
    default: (integers ?? []).map { Float($0) }
    }
  }

  /// Elements of another 16- or 8-bit type by their bits.
  private func array<T: TensorElement>(of type: T.Type, reading stored: DType) -> [T] {
    precondition(dtype == stored)
    return withUnsafeBytes { Array($0.bindMemory(to: T.self)) }
  }

  /// Low nibble first, as ONNX packs them.
  private var unpackedNibbles: [Int] {
    withUnsafeBytes { bytes in
      (0..<count).map { index in
        let nibble = Int(index & 1 == 0 ? bytes[index / 2] & 15 : bytes[index / 2] >> 4)
        return dtype == .int4 && nibble > 7 ? nibble - 16 : nibble
      }
    }
  }
}

extension Float {
  /// IEEE 754 binary16 from its bits; exact. (`Float16` is missing on some of Swift's platforms.)
  public init(halfBits bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default:
      self = sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
