import Foundation
import Tensor

/// A weight as integers.
struct QuantizedWeight: Sendable {
  /// int8, of the weight's shape.
  let integers: Tensor
  /// One, or one for each position along `axis`.
  let scales: [Float]
  let zeroPoints: [Int]
  /// nil where one scale serves the whole tensor.
  let axis: Int?
  let bits: Int
  let scheme: Scheme
  /// Integers that do not stand for zero.
  let nonzero: Int

  /// Bytes of one scale and, where it is stored, its zero point.
  static func bytesPerScale(bits: Int, scheme: Scheme) -> Int {
    4 + (scheme == .affine ? (bits + 7) / 8 : 0)
  }

  /// Rounds a float32 weight to integers.
  ///
  /// - Parameter axis: the axis whose positions have scales of their own; nil for one scale.
  /// - Returns: nil where a weight is not finite.
  init?(_ weight: Tensor, bits: Int, scheme: Scheme, axis: Int?) {
    let shape = axis.map { weight.shape.folded(around: $0) } ?? [1, 1, weight.count]
    let channels = shape[1]
    var low = [Float](repeating: 0, count: channels)
    var high = low
    let isFinite = weight.withElements(of: Float.self) { values in
      Self.findRanges(values, shape: shape, low: &low, high: &high)
    }
    guard isFinite else { return nil }
    let parameters = zip(low, high).map {
      LinearParameters(low: $0, high: $1, bits: bits, scheme: scheme)
    }
    var nonzero = 0
    integers = Tensor(of: Int8.self, shape: weight.shape) { target in
      weight.withElements(of: Float.self) { values in
        nonzero = Self.round(values, shape: shape, parameters: parameters, into: target)
      }
    }
    self.nonzero = nonzero
    self.axis = axis
    self.bits = bits
    self.scheme = scheme
    scales = parameters.map(\.scale)
    zeroPoints = parameters.map(\.zeroPoint)
  }

  /// Widens `low` and `high`, one for each channel, to the values; false where one is not finite.
  private static func findRanges(
    _ values: UnsafeBufferPointer<Float>, shape: Shape, low: inout [Float], high: inout [Float]
  ) -> Bool {
    var check: Float = 0
    shape.forEachRun(along: 1) { channel, run in
      let extent = FloatExtent(UnsafeBufferPointer(rebasing: values[run]))
      low[channel] = min(low[channel], extent.low)
      high[channel] = max(high[channel], extent.high)
      check += extent.check
    }
    return check == 0
  }

  /// Writes `clip(round(x / scale) + zeroPoint)`, halves to even; returns how many differ from the zero point.
  private static func round(
    _ values: UnsafeBufferPointer<Float>, shape: Shape, parameters: [LinearParameters],
    into target: UnsafeMutableBufferPointer<Int8>
  ) -> Int {
    // Added to a number of at most 2^22 it leaves the nearest whole number, halves to even, in the low bits.
    let magic: Float = 0x1.8p23
    let magicBits = Int32(bitPattern: magic.bitPattern)
    var nonzero = 0
    var start = 0
    for _ in 0..<shape[0] {
      for channel in 0..<shape[1] {
        let scale = parameters[channel].scale
        let zeroPoint = Int32(parameters[channel].zeroPoint)
        let lowest = Int32(parameters[channel].lowest)
        let highest = Int32(parameters[channel].highest)
        var count: Int32 = 0
        for index in start..<start + shape[2] {
          // Each lies in the range that the scale was made for, so the quotient is at most 2^8 or so.
          let rounded = Int32(bitPattern: (values[index] / scale + magic).bitPattern) &- magicBits
          var integer = rounded &+ zeroPoint
          integer = integer < lowest ? lowest : integer
          integer = integer > highest ? highest : integer
          count &+= integer != zeroPoint ? 1 : 0
          target[index] = Int8(truncatingIfNeeded: integer)
        }
        nonzero += Int(count)
        start += shape[2]
      }
    }
    return nonzero
  }

  /// The weights that the integers stand for, as DequantizeLinear computes them.
  var dequantized: Tensor {
    let shape = axis.map { integers.shape.folded(around: $0) } ?? [1, 1, integers.count]
    return Tensor(of: Float.self, shape: integers.shape) { target in
      integers.withElements(of: Int8.self) { values in
        shape.forEachRun(along: 1) { channel, run in
          for index in run {
            target[index] = Float(Int(values[index]) - zeroPoints[channel]) * scales[channel]
          }
        }
      }
    }
  }

  /// Signal to noise of the rounding, in dB: `10 log10(Σ w² / Σ (w - ŵ)²)`; infinite where nothing is lost.
  func signalToNoise(of weight: Tensor) -> Double {
    var (signal, noise) = (0.0, 0.0)
    for (exact, rounded) in zip(weight.floats, dequantized.floats) {
      signal += Double(exact) * Double(exact)
      noise += (Double(exact) - Double(rounded)) * (Double(exact) - Double(rounded))
    }
    return noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}

extension Shape {
  /// The same elements as three axes, of which the middle one is `axis`.
  func folded(around axis: Int) -> Shape { [outer(of: axis), dims[axis], inner(of: axis)] }
}
