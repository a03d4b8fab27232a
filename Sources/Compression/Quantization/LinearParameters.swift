/// A scale and a zero point: `x ≈ (q - zeroPoint) · scale`.
///
/// The formulas are in `Modes`, a file for each tool. Without a mode they are ONNX Runtime's, to the last bit at 8 and
/// 16 bits; for other widths one rule holds: affine takes `-2^(b-1) ... 2^(b-1) - 1`, symmetric leaves the lowest
/// out, so that zero lies in the middle; unsigned ones put zero at half of the greatest, rounded. (ONNX Runtime's
/// own int4 is symmetric over `-8 ... 7`, which is not: it is what its mode and the range `full` give.)
public struct LinearParameters: Hashable, Sendable {
  public var scale: Float
  public var zeroPoint: Int
  public var lowest: Int
  public var highest: Int
  /// What weights are multiplied with, where the tool does not divide them by the scale.
  public var inverse: Float?

  init(scale: Float, zeroPoint: Int, lowest: Int, highest: Int, inverse: Float? = nil) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.lowest = lowest
    self.highest = highest
    self.inverse = inverse
  }

  /// - Parameters:
  ///   - low: the least value, `high` the greatest; both finite. The range is widened to include 0.
  ///   - bits: 2 to 8, or 16.
  ///   - options: which integers are used; how numbers are rounded and the range is found is not asked here.
  public init(
    low: Float, high: Float, bits: Int, scheme: Scheme, options: LinearOptions = .standard,
    mode: QuantizationMode? = nil
  ) {
    self = LinearForm(bits: bits, scheme: scheme, options: options, mode: mode).parameters(
      .init(low: low, high: high))
  }

  /// The real number that the nearest integer stands for.
  func rounded(_ value: Float, _ rounding: LinearOptions.Rounding = .halfEven) -> Float {
    let quotient = inverse.map { value * $0 } ?? value / scale
    let whole =
      rounding == .halfEven
      ? quotient.rounded(.toNearestOrEven) : quotient.rounded(.toNearestOrAwayFromZero)
    let integer = whole + Float(zeroPoint)
    return (min(max(integer, Float(lowest)), Float(highest)) - Float(zeroPoint)) * scale
  }

  /// The least and the greatest real number that an integer stands for, in float32 as DequantizeLinear
  /// computes them.
  public var representable: ClosedRange<Float> {
    let low = Float(lowest - zeroPoint) * scale
    let high = Float(highest - zeroPoint) * scale
    let limit = Float.greatestFiniteMagnitude
    return max(low, -limit)...min(high, limit)
  }
}
