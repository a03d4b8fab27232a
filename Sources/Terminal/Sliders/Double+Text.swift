extension Double {
  /// The number with exactly `decimals` digits after the point, whatever the locale. At most nine.
  public func text(decimals: Int) -> String {
    guard isFinite else { return isNaN ? "–" : self > 0 ? "∞" : "−∞" }
    let decimals = min(max(0, decimals), 9)
    let factor = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = (magnitude * factor).rounded()
    guard scaled < 1e18 else { return description }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// The number with at most `decimals` digits after the point, and no zeros at its end.
  public func text(upTo decimals: Int) -> String {
    var text = text(decimals: decimals)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
