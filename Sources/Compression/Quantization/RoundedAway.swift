import Graph
import Tensor

/// Which weights a linear rule rounds to zero, by magnitude: what tells for every amount of pruning by magnitude how
/// many weights are left, without a look at them.
///
/// A weight is zero in the end where it is pruned or rounded to zero. Pruning takes magnitudes from the lowest on and
/// leaves the greatest, so that scales stay, and what is rounded to zero are, for each scale, the magnitudes below a
/// limit. Where all limits are the same both are stretches of one sorted list, from its start on.
struct RoundedAway: Sendable {
  let scales: Int
  /// The key of the lowest limit.
  private let limit: UInt32
  /// The magnitudes from the lowest limit on that are rounded to zero all the same, by a greater scale.
  private let others: SortedKeys
  /// From this key on what is pruned may change a scale.
  private let safeKey: UInt32

  var byteCount: Int { others.byteCount }

  /// - Parameters:
  ///   - weight: float32, with nothing pruned.
  ///   - ranges: the weight's own.
  /// - Returns: nil for a rule whose scales depend on more than the ranges, or by which zeros do not lie around 0.
  /// - Complexity: one pass, none where all weights share one scale.
  init?(_ weight: Tensor, rule: WeightRule, slot: WeightSlot?, mode: QuantizationMode?, ranges: WeightRanges)
  {
    let order = weight.shape.order(by: QuantizationGranularity(rule.granularity, slot: slot))
    guard rule.hasLimits(mode), order.swap == nil else { return nil }
    var limits: [Float] = []
    for range in ranges.ranges {
      guard let limit = rule.limit(range, mode) else { return nil }
      limits.append(limit)
    }
    let least = limits.min() ?? 0
    scales = limits.count
    limit = ScoreKey.of(least)
    // What is symmetric depends on the greatest magnitude of a scale only, which goes last.
    safeKey = rule.scheme == .affine ? ranges.safeKey : .max
    var others: [Float] = []
    if limits.contains(where: { $0 > least }) {
      weight.withElements(of: Float.self) { values in
        order.shape.forEachRun(along: 1) { scale, run in
          for index in run where abs(values[index]) >= least && abs(values[index]) < limits[scale] {
            others.append(values[index])
          }
        }
      }
    }
    self.others = others.withUnsafeBufferPointer { SortedKeys($0, signs: false) }
  }

  /// Weights that are not zero once the `count` lowest magnitudes are pruned and the rest is rounded.
  ///
  /// - Parameter ranking: of the weight's magnitudes.
  /// - Returns: nil where the weights have to be looked at, as scales change or equal magnitudes differ.
  /// - Complexity: logarithmic.
  func nonzero(_ ranking: WeightRanking, removing count: Int) -> Int? {
    if count == ranking.count { return 0 }
    let rounded = ranking.rank(below: limit)
    if count == 0 { return ranking.count - rounded - others.count }
    let cut = ranking.cut(removing: count)
    guard cut.key < safeKey else { return nil }
    var pruned = others.rank(below: cut.key)
    let ties = others.rank(through: cut.key) - pruned
    if ties == cut.all {
      pruned += cut.ties
    } else if cut.ties == cut.all {
      pruned += ties
    } else if ties > 0 {
      return nil
    }
    return ranking.count - max(count, rounded) - (others.count - pruned)
  }
}

extension WeightRule {
  /// Whether what is rounded to zero follows from the ranges of the weights. (Of narrow unsigned integers none stands
  /// for zero where there is nothing but zeros.)
  fileprivate func hasLimits(_ mode: QuantizationMode?) -> Bool {
    (mode == nil || mode == .onnxruntime) && scheme.linear != nil && linear.method == .nearest
      && linear.calibration == .minmax
      && (linear.isSigned || linear.integers != .narrow)
  }

  /// The least magnitude that is not rounded to zero, by the scale of a range; nil where the sign matters.
  fileprivate func limit(_ range: ActivationRanges.Range, _ mode: QuantizationMode?) -> Float? {
    guard let parameters = form(mode)?.parameters(range) else { return nil }
    let rounding = rounding(mode)
    func isRounded(_ magnitude: Float) -> Bool {
      let quotient = magnitude / parameters.scale
      return rounding == .halfEven ? quotient <= 0.5 : quotient < 0.5
    }
    // Half a scale, but for what dividing rounds.
    var limit = parameters.scale / 2
    while isRounded(limit) { limit = limit.nextUp }
    while !isRounded(limit.nextDown) { limit = limit.nextDown }
    // One side of zero has no integers where all of its weights are small.
    let below = parameters.lowest < parameters.zeroPoint || -range.low < limit
    let above = parameters.highest > parameters.zeroPoint || range.high < limit
    return below && above ? limit : nil
  }
}
