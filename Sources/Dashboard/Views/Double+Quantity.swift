import Terminal

/// Numbers as a person reads them at a glance: three digits and a unit, whatever the locale.
extension Int {
  /// Bytes in powers of ten: `212 KB`, `1.73 MB`.
  package var asBytes: String { Double(self).quantity(units: [" B", " KB", " MB", " GB", " TB"]) }

  /// A count: `850`, `431 k`, `2.29 M`.
  package var asCount: String { Double(self).quantity(units: ["", " k", " M", " G", " T"]) }

  /// All digits, in groups of three: `10,000`.
  package var grouped: String {
    var text = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }
}

extension Double {
  /// Three significant digits with the unit that leaves at most three before the point.
  package func quantity(units: [String]) -> String {
    var value = self
    var unit = 0
    // 999.5 would be written with four digits.
    while value.magnitude >= (unit == 0 ? 1000 : 999.5), unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    guard unit > 0 else { return text(decimals: 0) + units[0] }
    let decimals = value.magnitude < 9.995 ? 2 : value.magnitude < 99.95 ? 1 : 0
    return value.text(decimals: decimals) + units[unit]
  }

  /// How many times as much: `1.05`, `8.1`, `123`.
  package var asFactor: String {
    text(decimals: magnitude < 1.0095 ? 3 : magnitude < 1.995 ? 2 : magnitude < 99.95 ? 1 : 0)
  }

  /// A fraction in percent without its sign: `88.41`.
  package var asPercent: String { (self * 100).text(decimals: 2) }

  /// A perplexity, from 1 to beyond any bound: `5.72`, `431`, `2.29 M`.
  package var asPerplexity: String {
    magnitude < 99.95 ? text(decimals: 2) : quantity(units: ["", " k", " M", " G", " T"])
  }

  /// A share in percent, as short as it can be: `92.9 %`, `< 0.1 %`.
  package var asShare: String {
    if self > 0, self < 0.0005 { return "<0.1 %" }
    return self >= 0.9995 ? "100 %" : (self * 100).text(decimals: 1) + " %"
  }
}
