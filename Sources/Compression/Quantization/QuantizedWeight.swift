import Engine
import Foundation
import Graph
import Tensor

/// A weight as integers.
struct QuantizedWeight: StoredWeight {
  /// int8 or uint8, from 9 bits on int16 or uint16, of the weight's shape.
  let integers: Tensor
  /// One, or one for each position along an axis, or one for each block.
  let scales: [Float]
  let zeroPoints: [Int]
  let granularity: QuantizationGranularity
  let bits: Int
  /// False where all are zero and none is written.
  let hasZeroPoints: Bool
  /// Integers that do not stand for zero.
  let nonzero: Int

  var addedBytes: Int { scales.count * (4 + (hasZeroPoints ? (bits + 7) / 8 : 0)) }
  var byteCount: Int { integers.byteCount + 12 * scales.count }

  /// Rounds a float32 weight to integers, by a linear rule.
  ///
  /// - Parameter products: `Xᵀ X` of the layer's inputs by group, where the rule's method asks for them.
  /// - Throws: `WeightMismatch` where a weight is not finite, or as `GPTQ`.
  init(
    _ weight: Tensor, rule: WeightRule, slot: WeightSlot?, products: [SymmetricMatrix] = []
  ) throws(WeightMismatch) {
    let scheme = rule.scheme.linear ?? .symmetric
    granularity = QuantizationGranularity(rule.granularity, slot: slot)
    bits = rule.bits
    hasZeroPoints = scheme == .affine || !rule.linear.isSigned
    let order = weight.shape.order(by: granularity)
    let shape = order.shape
    var ordered = order.applied(to: weight)
    guard var found = Self.parameters(of: ordered, rule: rule) else { throw .notFinite }
    if case .gptq(let options) = rule.linear.method, let slot {
      let result = try GPTQ(
        weight, rule: rule, options: options, slot: slot, products: products, places: order.places,
        parameters: found)
      ordered = order.applied(to: result.adjusted)
      found = result.parameters
    }
    let rounding = rule.linear.rounding
    var nonzero = 0
    func rounded<T: FixedWidthInteger & TensorElement>(_ type: T.Type) -> Tensor {
      Tensor(of: type, shape: weight.shape) { target in
        ordered.withElements(of: Float.self) { values in
          nonzero = Self.round(values, shape: shape, parameters: found, rounding: rounding, into: target)
        }
        guard let swap = order.swap else { return }
        for (index, integer) in swap.backwards(Array(target)).enumerated() { target[index] = integer }
      }
    }
    if rule.linear.isSigned {
      integers = rule.bits > 8 ? rounded(Int16.self) : rounded(Int8.self)
    } else {
      integers = rule.bits > 8 ? rounded(UInt16.self) : rounded(UInt8.self)
    }
    self.nonzero = nonzero
    let inOrder = order.scales?.backwards(found) ?? found
    scales = inOrder.map(\.scale)
    zeroPoints = inOrder.map(\.zeroPoint)
  }

  /// What each scale and zero point come to.
  ///
  /// - Parameter ordered: three axes, of which the middle one counts scales.
  /// - Returns: nil where an element is not finite.
  static func parameters(of ordered: Tensor, rule: WeightRule) -> [LinearParameters]? {
    let scheme = rule.scheme.linear ?? .symmetric
    let shape = ordered.shape
    guard var ranges = ordered.withElements(of: Float.self, { Self.ranges(of: $0, shape: shape) }) else {
      return nil
    }
    func parameters(_ range: ActivationRanges.Range) -> LinearParameters {
      LinearParameters(
        low: range.low, high: range.high, bits: rule.bits, scheme: scheme, options: rule.linear)
    }
    if rule.linear.calibration == .mse {
      ranges = ordered.withElements(of: Float.self) { values in
        Self.points(of: values, shape: shape, ranges: ranges).enumerated().map { channel, points in
          RangeSearch(points: points, extremes: ranges[channel], isAffine: scheme == .affine)
            .best(parameters)
        }
      }
    }
    return ranges.map(parameters)
  }

  /// The least and the greatest value of each channel, with 0 among them; nil where one is not finite.
  private static func ranges(of values: UnsafeBufferPointer<Float>, shape: Shape) -> [ActivationRanges.Range]?
  {
    var check: Float = 0
    var ranges = [ActivationRanges.Range](repeating: .init(low: 0, high: 0), count: shape[1])
    shape.forEachRun(along: 1) { channel, run in
      let extent = FloatExtent(UnsafeBufferPointer(rebasing: values[run]))
      ranges[channel].low = min(ranges[channel].low, extent.low)
      ranges[channel].high = max(ranges[channel].high, extent.high)
      check += extent.check
    }
    return check == 0 ? ranges : nil
  }

  /// The values of each channel: themselves where they are few, or else as histograms.
  private static func points(
    of values: UnsafeBufferPointer<Float>, shape: Shape, ranges: [ActivationRanges.Range]
  ) -> [[(value: Float, count: Double)]] {
    if shape[0] * shape[2] <= 2 * Histogram.bins {
      var points = [[(value: Float, count: Double)]](repeating: [], count: shape[1])
      shape.forEachRun(along: 1) { channel, run in points[channel] += values[run].map { ($0, 1) } }
      return points
    }
    var histograms = ranges.map { Histogram(low: $0.low, high: $0.high) }
    shape.forEachRun(along: 1) { channel, run in
      histograms[channel].add(UnsafeBufferPointer(rebasing: values[run])) { $0 }
    }
    return histograms.map(\.points)
  }

  /// Writes `clip(round(x / scale) + zeroPoint)`; returns how many differ from the zero point.
  private static func round<T: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Float>, shape: Shape, parameters: [LinearParameters],
    rounding: LinearOptions.Rounding, into target: UnsafeMutableBufferPointer<T>
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
        // What lies outside the range is clipped; this keeps it in reach of the sum.
        let limit = Float(1 << 18)
        var count: Int32 = 0
        func put(_ rounded: Int32, _ index: Int) {
          var integer = rounded &+ zeroPoint
          integer = integer < lowest ? lowest : integer
          integer = integer > highest ? highest : integer
          count &+= integer != zeroPoint ? 1 : 0
          target[index] = T(truncatingIfNeeded: integer)
        }
        if rounding == .halfEven {
          for index in start..<start + shape[2] {
            var quotient = values[index] / scale
            quotient = quotient < -limit ? -limit : quotient
            quotient = quotient > limit ? limit : quotient
            put(Int32(bitPattern: (quotient + magic).bitPattern) &- magicBits, index)
          }
        } else {
          for index in start..<start + shape[2] {
            let quotient = max(min(values[index] / scale, limit), -limit)
            put(Int32(quotient.rounded(.toNearestOrAwayFromZero)), index)
          }
        }
        nonzero += Int(count)
        start += shape[2]
      }
    }
    return nonzero
  }

  /// The weights that the integers stand for, as DequantizeLinear computes them.
  var dequantized: Tensor {
    let values = integers.integers ?? []
    return Tensor(of: Float.self, shape: integers.shape) { target in
      granularity.forEachRun(integers.shape) { run, place in
        for index in run { target[index] = Float(values[index] - zeroPoints[place]) * scales[place] }
      }
    }
  }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    WeightQuantization.insertion(self, name: name, opset: opset, fresh: fresh)
  }
}

extension Shape {
  /// The same elements as three axes, of which the middle one is `axis`.
  func folded(around axis: Int) -> Shape { [outer(of: axis), dims[axis], inner(of: axis)] }
}
