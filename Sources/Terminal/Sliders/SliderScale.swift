import Foundation

/// The values that a slider can have, and how it moves among them.
///
/// A slider's value is its *tick*: an integer from 0 to `lastTick`. So values are exact, moving there and back
/// returns to the same one, and the width of the screen has no say in it.
public struct SliderScale: Hashable, Sendable {
  /// How values are written and read.
  public enum Unit: Hashable, Sendable {
    case plain
    /// The value is a fraction; people see and type percent.
    case percent
  }

  private enum Kind: Hashable, Sendable {
    /// Tick `t` is the value `(lowest + t) / per`; a step is `step` ticks.
    case linear(lowest: Int, per: Int, step: Int)
    case list([Double])
    /// `steps` are the ticks that a step stops at.
    case logarithmic([Double], steps: [Int])
  }

  public let unit: Unit
  public let lastTick: Int
  private let kind: Kind

  /// The values `numerators / per`, a step being `step` of them and a tenth of that the finest move.
  ///
  /// Amounts in steps of 1 % and fine steps of 0.1 % are `linear(0...1000, per: 1000, step: 10, unit: .percent)`.
  public static func linear(
    _ numerators: ClosedRange<Int>, per: Int, step: Int, unit: Unit = .plain
  ) -> SliderScale {
    precondition(per > 0 && step > 0, "a scale needs positive steps")
    return SliderScale(
      unit: unit, lastTick: numerators.upperBound - numerators.lowerBound,
      kind: .linear(lowest: numerators.lowerBound, per: per, step: step))
  }

  /// These values and no others, in ascending order. A step goes to the next, and so does a tenth of one;
  /// a coarse step goes over a quarter of them.
  public static func list(_ values: [Double], unit: Unit = .plain) -> SliderScale {
    precondition(!values.isEmpty && values == values.sorted(), "a list of values is not empty, and ascends")
    return SliderScale(unit: unit, lastTick: values.count - 1, kind: .list(values))
  }

  /// Every value of two significant digits from `range.lowerBound`, which is positive, to `range.upperBound`.
  /// A step goes to the next of 24 round values in a decade (1, 1.1, 1.2, 1.3, 1.5 … 8, 9), so that all
  /// steps look about alike; a tenth of a step goes to the next value.
  public static func logarithmic(_ range: ClosedRange<Double>, unit: Unit = .plain) -> SliderScale {
    precondition(range.lowerBound > 0, "a logarithmic scale is positive")
    var values: [Double] = []
    var steps: [Int] = []
    func add(_ value: Double, isStep: Bool) {
      if isStep { steps.append(values.count) }
      values.append(value)
    }
    add(range.lowerBound, isStep: true)
    let decades = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
    for decade in decades {
      for mantissa in 10...99 {
        let exponent = decade - 1
        // Dividing by a power of ten rounds better than multiplying by its inverse.
        let value =
          exponent < 0
          ? Double(mantissa) / pow(10, Double(-exponent)) : Double(mantissa) * pow(10, Double(exponent))
        guard value > range.lowerBound, value < range.upperBound else { continue }
        add(value, isStep: roundMantissas.contains(mantissa))
      }
    }
    if range.upperBound > range.lowerBound { add(range.upperBound, isStep: true) }
    return SliderScale(unit: unit, lastTick: values.count - 1, kind: .logarithmic(values, steps: steps))
  }

  private static let roundMantissas: Set<Int> = [
    10, 11, 12, 13, 15, 16, 18, 20, 22, 25, 27, 30, 33, 36, 40, 45, 50, 55, 60, 65, 70, 75, 80, 90,
  ]

  /// 0 to 100 % in steps of 1 %.
  public static let amount = linear(0...1000, per: 1000, step: 10, unit: .percent)
  /// The widths in bits that weights and activations can have.
  public static let bits = list([2, 3, 4, 5, 6, 8, 16, 32])

  public func value(at tick: Int) -> Double {
    let tick = clamped(tick)
    switch kind {
    case .linear(let lowest, let per, _): return Double(lowest + tick) / Double(per)
    case .list(let values), .logarithmic(let values, _): return values[tick]
    }
  }

  public func tick(nearest value: Double) -> Int {
    switch kind {
    case .linear(let lowest, let per, _):
      let exact = value * Double(per) - Double(lowest)
      return Int(min(max(exact.rounded(), 0), Double(lastTick)))
    case .list(let values):
      return nearest(values) { abs($0 - value) }
    case .logarithmic(let values, _):
      guard value > 0 else { return 0 }
      return nearest(values) { abs(log($0 / value)) }
    }
  }

  private func nearest(_ values: [Double], distance: (Double) -> Double) -> Int {
    values.indices.min { distance(values[$0]) < distance(values[$1]) } ?? 0
  }

  public func clamped(_ tick: Int) -> Int { min(max(tick, 0), lastTick) }

  /// Where `move` leads from `tick`; it stops at the ends.
  public func moved(_ tick: Int, by move: SliderMove) -> Int {
    switch move {
    case .lowest: 0
    case .highest: lastTick
    case .fine(let count):
      if case .linear(_, _, let step) = kind {
        clamped(tick + count * max(1, step / 10))
      } else {
        clamped(tick + count)
      }
    case .step(let count): stepped(tick, by: count)
    case .coarse(let count):
      if case .list(let values) = kind {
        clamped(tick + count * max(2, values.count / 4))
      } else {
        stepped(tick, by: count * 10)
      }
    }
  }

  private func stepped(_ tick: Int, by count: Int) -> Int {
    switch kind {
    case .linear(_, _, let step): return clamped(tick + count * step)
    case .list: return clamped(tick + count)
    case .logarithmic(_, let steps):
      // Off the steps, the first move goes to the next of them.
      let above = steps.firstIndex { $0 > tick } ?? steps.count
      let below = (steps.lastIndex { $0 < tick } ?? -1)
      let target = count > 0 ? above + count - 1 : count < 0 ? below + count + 1 : -1
      return count == 0 ? tick : steps[min(max(target, 0), steps.count - 1)]
    }
  }

  /// How far along the slider a tick is, 0...1.
  public func fraction(of tick: Int) -> Double {
    guard lastTick > 0 else { return 0 }
    if case .logarithmic(let values, _) = kind {
      return log(values[clamped(tick)] / values[0]) / log(values[lastTick] / values[0])
    }
    return Double(clamped(tick)) / Double(lastTick)
  }

  /// The column that shows `tick`, on a track of `columns` columns.
  public func column(of tick: Int, columns: Int) -> Int {
    Int((fraction(of: tick) * Double(max(0, columns - 1))).rounded())
  }

  /// The tick that the mouse means at `column` of a track: the nearest whole step.
  public func tick(atColumn column: Int, columns: Int) -> Int {
    guard column > 0, columns > 1 else { return 0 }
    guard column < columns - 1 else { return lastTick }
    let fraction = Double(column) / Double(columns - 1)
    switch kind {
    case .linear(let lowest, _, let step):
      let exact = fraction * Double(lastTick) + Double(lowest)
      return clamped(Int((exact / Double(step)).rounded()) * step - lowest)
    case .list:
      return Int((fraction * Double(lastTick)).rounded())
    case .logarithmic(_, let steps):
      return steps.min { abs(self.fraction(of: $0) - fraction) < abs(self.fraction(of: $1) - fraction) } ?? 0
    }
  }

  /// The value of `tick` as people read it: `37.5 %`, `8`, `0.45`.
  public func text(at tick: Int) -> String {
    switch unit {
    case .percent: (value(at: tick) * 100).text(upTo: 3) + " %"
    case .plain: value(at: tick).text(upTo: 9)
    }
  }
}
