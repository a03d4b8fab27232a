import Engine
import Graph
import Tensor

/// The least and the greatest value of all weights that share a scale, with 0 among them, for each scale.
struct WeightRanges: Sendable {
  /// In the order of `Shape.order(by:)`.
  let ranges: [ActivationRanges.Range]

  /// - Parameters:
  ///   - weight: float32, in the order of its scales.
  ///   - shape: three axes, of which the middle one counts scales.
  /// - Throws: `WeightMismatch` where a weight is not finite.
  /// - Complexity: one pass.
  init(of weight: Tensor, shape: Shape) throws(WeightMismatch) {
    let ranges = weight.withElements(of: Float.self) { Self.ranges(of: $0, shape: shape) }
    guard let ranges else { throw .notFinite }
    self.ranges = ranges
  }

  /// Nil where a weight is not finite.
  private static func ranges(of values: UnsafeBufferPointer<Float>, shape: Shape) -> [ActivationRanges.Range]?
  {
    var lows = [Float](repeating: 0, count: shape[1])
    var highs = lows
    var check: Float = 0
    if shape[2] == 1 {
      merge(values, into: &lows, &highs, &check)
    } else {
      shape.forEachRun(along: 1) { channel, run in
        let extent = FloatExtent(UnsafeBufferPointer(rebasing: values[run]))
        lows[channel] = min(lows[channel], extent.low)
        highs[channel] = max(highs[channel], extent.high)
        check += extent.check
      }
    }
    return check == 0 ? zip(lows, highs).map { .init(low: $0, high: $1) } : nil
  }

  /// Rows with a value for each scale.
  private static func merge(
    _ values: UnsafeBufferPointer<Float>, into lows: inout [Float], _ highs: inout [Float],
    _ check: inout Float
  ) {
    let count = lows.count
    var checks = [Float](repeating: 0, count: count)
    lows.withUnsafeMutableBufferPointer { lows in
      highs.withUnsafeMutableBufferPointer { highs in
        checks.withUnsafeMutableBufferPointer { checks in
          for start in stride(from: 0, to: values.count, by: max(count, 1)) {
            let row = UnsafeBufferPointer(rebasing: values[start..<start + count])
            for channel in 0..<count {
              let value = row[channel]
              lows[channel] = value < lows[channel] ? value : lows[channel]
              highs[channel] = value > highs[channel] ? value : highs[channel]
              checks[channel] += value * 0
            }
          }
        }
      }
    }
    check = checks.reduce(0, +)
  }

  /// Whether all ranges stay what they are when weights go of which none has this magnitude or a greater one.
  ///
  /// The key of the lowest end that is not zero; that of not-a-number where all are.
  var safeKey: UInt32 {
    ranges.reduce(ScoreKey.of(.nan)) { key, range in
      [-range.low, range.high].reduce(key) { $1 > 0 ? min($0, ScoreKey.of($1)) : $0 }
    }
  }
}
