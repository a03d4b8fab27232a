extension Float {
  /// IEEE 754 binary16, rounded to the nearest, ties to the even one.
  public var halfBits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    let magnitude = bitPattern & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
    // 65520, half way from the largest number to where the next would be, and all above.
    if magnitude >= 0x477f_f000 { return sign | 0x7c00 }
    // Below 2^-14 numbers are multiples of 2^-24.
    if magnitude < 0x3880_0000 {
      return sign | UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
    }
    let rounded = magnitude + 0xfff + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded - 0x3800_0000) >> 13)
  }

  /// The upper half of binary32, rounded to the nearest, ties to the even one.
  public var bfloat16Bits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000 | 0x7fc0 }
    return UInt16(truncatingIfNeeded: (bitPattern + 0x7fff + (bitPattern >> 16 & 1)) >> 16)
  }
}
