/// Why a typed value was not taken.
public enum SliderEntryError: Error, Hashable, Sendable {
  case notANumber(String)
  /// The ends of the scale, as people read them.
  case outOfRange(lowest: String, highest: String)
}

extension SliderEntryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notANumber(let text): "“\(text)” is not a number."
    case .outOfRange(let lowest, let highest): "It goes from \(lowest) to \(highest)."
    }
  }
}

extension SliderScale {
  /// Reads what was typed for an exact value, and returns the nearest tick.
  ///
  /// - `50%` is a percentage, `0.375` a value.
  /// - `+5` and `-2` are relative to `tick`, in the unit that is shown (percentage points where that is
  ///   percent), and stop at the ends. A negative value is written `=-2`.
  /// - Where percent is shown, a whole number is percent (`50` and `1` are 50 % and 1 %), and so is anything
  ///   above 1; a decimal up to 1 is a fraction (`0.5` is 50 %, `1.0` is 100 %).
  /// - A comma is as good as a point.
  public func tick(typed text: String, from tick: Int) throws(SliderEntryError) -> Int {
    let shown = text.trimmed
    var rest = shown.filter { !$0.isWhitespace }.replacing(",", with: ".").replacing("−", with: "-")
    let isPercent = rest.hasSuffix("%")
    if isPercent { rest.removeLast() }
    let isExact = rest.hasPrefix("=")
    if isExact { rest.removeFirst() }
    let isRelative = !isExact && (rest.hasPrefix("+") || rest.hasPrefix("-"))
    let allowed = rest.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    guard allowed, let number = Double(rest), number.isFinite else { throw .notANumber(shown) }
    if isRelative {
      let change = isPercent || unit == .percent ? number / 100 : number
      return self.tick(nearest: value(at: tick) + change)
    }
    let isShownPercent = unit == .percent && (number > 1 || !rest.contains("."))
    let value = isPercent || isShownPercent ? number / 100 : number
    let slack = 1e-9 * max(1, abs(value))
    guard value >= self.value(at: 0) - slack, value <= self.value(at: lastTick) + slack else {
      throw .outOfRange(lowest: self.text(at: 0), highest: self.text(at: lastTick))
    }
    return self.tick(nearest: value)
  }
}
