extension Color {
  /// Reads a colour as btop's themes write it: `#RRGGBB`, `#GG` (a grey) or `R G B` in decimal.
  /// Empty text is the terminal's own colour; anything else is nil.
  public init?(themeText text: String) {
    let text = text.trimmed
    if text.isEmpty {
      self = .terminal
    } else if text.first == "#" {
      let digits = text.dropFirst()
      guard digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: 16) else { return nil }
      switch digits.count {
      case 6: self.init(hex: number)
      case 2: self.init(hex: number << 16 | number << 8 | number)
      default: return nil
      }
    } else {
      let parts = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
      let numbers = parts.compactMap { UInt8($0) }
      guard parts.count == 3, numbers.count == 3 else { return nil }
      self = .rgb(numbers[0], numbers[1], numbers[2])
    }
  }

  /// `#rrggbb`, or empty text for the terminal's own: what `init(themeText:)` reads.
  public var themeText: String {
    guard let hex else { return "" }
    let digits = String(hex, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
