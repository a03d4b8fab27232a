import Tensor

/// Rounds weights to integers by scales that are known: `clip(round(x / scale) + zeroPoint)`.
///
/// One pass, on vectors. It divides as ONNX Runtime does, and multiplies by the reciprocal only where the tool that is
/// followed does, for that may round otherwise.
struct LinearRounding {
  /// Three axes, of which the middle one counts scales.
  let shape: Shape
  let parameters: [LinearParameters]
  let rounding: LinearOptions.Rounding

  /// Writes the integers; returns how many differ from their zero points.
  func round<T: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<T>
  ) -> Int {
    switch (rounding, parameters.contains { $0.inverse != nil }) {
    case (.halfEven, false): round(values, into: target, /, Self.halfEven)
    case (.halfEven, true): round(values, into: target, *, Self.halfEven)
    case (.halfAway, false): round(values, into: target, /, Self.halfAway)
    case (.halfAway, true): round(values, into: target, *, Self.halfAway)
    }
  }

  @inline(__always)
  private func round<T: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<T>,
    _ scaled: (Float, Float) -> Float, _ nearest: (Float) -> Int32
  ) -> Int {
    if shape[2] == 1 { return roundRows(values, into: target, scaled, nearest) }
    var nonzero = 0
    var start = 0
    for _ in 0..<shape[0] {
      for step in parameters.lazy.map(Step.init) {
        var count: Int32 = 0
        for index in start..<start + shape[2] {
          let distance = nearest(step.clipped(scaled(values[index], step.scale)))
          count &+= distance != 0 ? 1 : 0
          target[index] = T(truncatingIfNeeded: distance &+ step.zeroPoint)
        }
        nonzero += Int(count)
        start += shape[2]
      }
    }
    return nonzero
  }

  /// Where neighbours have scales of their own, in the same order in every row.
  @inline(__always)
  private func roundRows<T: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<T>,
    _ scaled: (Float, Float) -> Float, _ nearest: (Float) -> Int32
  ) -> Int {
    let steps = parameters.map(Step.init)
    let (scales, lows, highs) = (steps.map(\.scale), steps.map(\.low), steps.map(\.high))
    let zeroPoints = steps.map(\.zeroPoint)
    var nonzero = 0
    scales.withUnsafeBufferPointer { scales in
      lows.withUnsafeBufferPointer { lows in
        highs.withUnsafeBufferPointer { highs in
          zeroPoints.withUnsafeBufferPointer { zeroPoints in
            for row in 0..<shape[0] {
              let places = row * scales.count..<(row + 1) * scales.count
              let values = UnsafeBufferPointer(rebasing: values[places])
              let target = UnsafeMutableBufferPointer(rebasing: target[places])
              var count: Int32 = 0
              for channel in 0..<scales.count {
                let step = Step(
                  scale: scales[channel], low: lows[channel], high: highs[channel],
                  zeroPoint: zeroPoints[channel])
                let distance = nearest(step.clipped(scaled(values[channel], step.scale)))
                count &+= distance != 0 ? 1 : 0
                target[channel] = T(truncatingIfNeeded: distance &+ step.zeroPoint)
              }
              nonzero += Int(count)
            }
          }
        }
      }
    }
    return nonzero
  }

  /// Added to a number of at most 2^22 it leaves the nearest whole number, halves to even, in the low bits.
  private static var magic: Float { 0x1.8p23 }

  @inline(__always)
  private static func halfEven(_ quotient: Float) -> Int32 {
    Int32(bitPattern: (quotient + magic).bitPattern) &- Int32(bitPattern: magic.bitPattern)
  }

  @inline(__always)
  private static func halfAway(_ quotient: Float) -> Int32 {
    let sum = quotient + magic
    let rounded = Int32(bitPattern: sum.bitPattern) &- Int32(bitPattern: magic.bitPattern)
    // One further from zero where the even one lies a half nearer to it. The difference is exact.
    let missing = abs(quotient) - abs(sum - magic)
    let away = Int32(bitPattern: quotient.bitPattern) >> 31 | 1
    let isMissing: Int32 = missing == 0.5 ? -1 : 0
    return rounded &+ away & isMissing
  }

  /// What rounding by one scale needs.
  fileprivate struct Step {
    /// Or the reciprocal, where that is multiplied by.
    var scale: Float
    /// The ends of the range as distances from the zero point.
    var low: Float
    var high: Float
    var zeroPoint: Int32

    /// Clips before it is rounded, which comes to the same, as the ends are whole numbers.
    @inline(__always)
    func clipped(_ quotient: Float) -> Float {
      let clipped = quotient < low ? low : quotient
      return clipped > high ? high : clipped
    }
  }
}

extension LinearRounding.Step {
  init(_ parameters: LinearParameters) {
    self.init(
      scale: parameters.inverse ?? parameters.scale, low: Float(parameters.lowest - parameters.zeroPoint),
      high: Float(parameters.highest - parameters.zeroPoint), zeroPoint: Int32(parameters.zeroPoint))
  }
}
