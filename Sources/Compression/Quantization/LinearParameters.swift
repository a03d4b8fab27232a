/// A scale and a zero point: `x ≈ (q - zeroPoint) · scale`.
///
/// The formulas are those of ONNX Runtime's `compute_scale_zp`. At 8 bits the result is its own for int8, to the
/// last bit. For fewer bits one rule holds: affine takes `-2^(b-1) ... 2^(b-1) - 1`, symmetric leaves the lowest
/// out, so that zero lies in the middle; unsigned ones put zero at half of the greatest, rounded. (ONNX Runtime's own int4 is symmetric over `-8 ... 7`, which is not.)
public struct LinearParameters: Hashable, Sendable {
  public var scale: Float
  public var zeroPoint: Int
  public var lowest: Int
  public var highest: Int

  /// - Parameters:
  ///   - low: the least value, `high` the greatest; both finite. The range is widened to include 0.
  ///   - bits: 2 to 8, or 16.
  ///   - options: which integers are used; how numbers are rounded and the range is found is not asked here.
  public init(low: Float, high: Float, bits: Int, scheme: Scheme, options: LinearOptions = .standard) {
    let half = 1 << (bits - 1)
    switch (options.integers, options.isSigned) {
    case (.reduced, true): (lowest, highest) = (-half / 2, half / 2)
    case (.reduced, false): (lowest, highest) = (0, half - 1)
    case (.narrow, true): (lowest, highest) = (1 - half, half - 1)
    case (.narrow, false): (lowest, highest) = (1, 2 * half - 1)
    case (.standard, true): (lowest, highest) = (scheme == .symmetric ? 1 - half : -half, half - 1)
    case (.standard, false): (lowest, highest) = (0, 2 * half - 1)
    }
    var low = Double(min(low, 0))
    var high = Double(max(high, 0))
    if scheme == .symmetric {
      high = max(-low, high)
      low = -high
    }
    let scale = (high - low) / Double(highest - lowest)
    if scale < Double(Float.leastNormalMagnitude) {
      self.scale = 1
      zeroPoint = 0
    } else {
      self.scale = Float(scale)
      let exact = scheme == .symmetric ? Double(lowest + highest) / 2 : Double(lowest) - low / scale
      zeroPoint = Int(exact.rounded(.toNearestOrEven))
      // The zero point is rounded, and so the ends can come out one beyond: ONNX Runtime clips to the width's
      // own integers, not to the reduced ones.
      if options.integers == .reduced {
        lowest = max(lowest - 1, options.isSigned ? -half : 0)
        highest = min(highest + 1, options.isSigned ? half - 1 : 2 * half - 1)
      }
    }
  }

  /// The real number that the nearest integer stands for.
  func rounded(_ value: Float, _ rounding: LinearOptions.Rounding = .halfEven) -> Float {
    let quotient = value / scale
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
