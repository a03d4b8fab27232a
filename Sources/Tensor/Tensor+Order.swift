extension Tensor {
  /// A number for each element that is in the order of the elements: equal ones have the same, and NaN the
  /// largest.
  public var orderedKeys: [UInt64] {
    switch dtype {
    case .uint64: array(of: UInt64.self)
    case .float8e4m3fn, .float8e5m2, .float16, .bfloat16, .float32, .float64:
      doubles.map { value in
        if value.isNaN { return .max }
        // Zero has two signs, and one key.
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 0 ? bits | 1 << 63 : ~bits
      }
    default: (integers ?? []).map { UInt64(bitPattern: Int64($0)) ^ 1 << 63 }
    }
  }
}
