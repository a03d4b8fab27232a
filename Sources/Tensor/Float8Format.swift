/// How a floating-point number lies in 8 bits: a sign, an exponent, and the bits of the fraction that are left
/// (Micikevicius et al., "FP8 formats for deep learning", 2022; the names are ONNX's).
public struct Float8Format: Hashable, Sendable {
  /// Bits behind the point.
  private let fractionBits: Int
  private let bias: Int
  /// The code of the largest finite number; those above it stand for infinity and not-a-number.
  private let greatest: UInt8
  /// Whether the code behind the largest number is infinity. Without, all above is not-a-number.
  private let hasInfinity: Bool

  /// Four bits of exponent and three of fraction, up to 448; no infinity.
  public static let e4m3fn = Float8Format(fractionBits: 3, bias: 7, greatest: 0x7e, hasInfinity: false)
  /// Five bits of exponent and two of fraction, up to 57344: the upper half of binary16.
  public static let e5m2 = Float8Format(fractionBits: 2, bias: 15, greatest: 0x7b, hasInfinity: true)

  /// The largest finite number.
  public var largest: Float { decode(greatest) }

  /// The number that a code stands for; exact.
  public func decode(_ code: UInt8) -> Float {
    let magnitude = code & 0x7f
    let sign: Float = code == magnitude ? 1 : -1
    if magnitude > greatest { return hasInfinity && magnitude == greatest + 1 ? sign * .infinity : .nan }
    let fraction = Float(magnitude & (1 << UInt8(fractionBits) - 1))
    let exponent = Int(magnitude) >> fractionBits
    let unit = Float(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
    return sign * (exponent == 0 ? fraction : fraction + Float(1 << fractionBits)) * unit
  }

  /// The code of a number, rounded to the nearest, ties to the even one.
  ///
  /// - Parameter saturating: whether what is too large, infinity too, becomes the largest finite number, as
  ///   ONNX's Cast has it unless told otherwise; else infinity, or not-a-number where there is none.
  public func encode(_ value: Float, saturating: Bool = true) -> UInt8 {
    let sign = UInt8(truncatingIfNeeded: value.bitPattern >> 24) & 0x80
    let magnitude = Float(bitPattern: value.bitPattern & 0x7fff_ffff)
    if magnitude.isNaN { return sign | 0x7f }
    // Below the least normal number all are multiples of one.
    if magnitude < Float(sign: .plus, exponent: 1 - bias, significand: 1) {
      let unit = Float(sign: .plus, exponent: bias - 1 + fractionBits, significand: 1)
      return sign | UInt8((magnitude * unit).rounded(.toNearestOrEven))
    }
    let shift = UInt32(23 - fractionBits)
    let bits = magnitude.bitPattern
    let rounded = bits + (1 << (shift - 1) - 1) + (bits >> shift & 1)
    let code = (rounded - UInt32(127 - bias) << 23) >> shift
    return sign | (code <= UInt32(greatest) ? UInt8(code) : saturating ? greatest : greatest + 1)
  }
}

extension DType {
  /// Of a floating-point type of 8 bits.
  public var float8: Float8Format? {
    switch self {
    case .float8e4m3fn: .e4m3fn
    case .float8e5m2: .e5m2
    default: nil
    }
  }
}
