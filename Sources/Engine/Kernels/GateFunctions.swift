/// The functions of recurrent gates, in arithmetic alone, so that loops over them vectorise. Both are within 3e-7 of
/// the exact value.
enum GateFunctions {
  @inline(__always)
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

  @inline(__always)
  static func tanh(_ x: Float) -> Float { 1 - 2 / (1 + exponential(2 * x)) }

  /// `e^x`, from 2 to a whole power times a polynomial for the rest (Cephes' `expf`).
  @inline(__always)
  private static func exponential(_ value: Float) -> Float {
    // Written so that NaN stays NaN.
    var x = value < -87 ? -87 : value
    x = x > 88 ? 88 : x
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits.
    let shifted = x * 1.442_695_04 + 0x1.8p23
    let whole = shifted - 0x1.8p23
    let rest = x - whole * 0.693_359_375 + whole * 2.121_944_4e-4
    var sum: Float = 1.987_569_15e-4
    sum = sum * rest + 1.398_199_95e-3
    sum = sum * rest + 8.333_451_9e-3
    sum = sum * rest + 4.166_579_6e-2
    sum = sum * rest + 1.666_666_55e-1
    sum = sum * rest + 5.000_000_1e-1
    sum = sum * rest * rest + rest + 1
    return sum * Float(bitPattern: (shifted.bitPattern &+ 127) << 23)
  }
}
