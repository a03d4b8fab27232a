extension Buffer {
  /// The characters alone, a line a row, without spaces at the ends of lines: a screen as a test reads it.
  public func dump() -> String {
    (0..<size.rows).map { text(ofRow: $0).trimmedEnd }.joined(separator: "\n")
  }

  /// The characters of one row, at full width.
  public func text(ofRow row: Int) -> String {
    var text = ""
    for cell in cells[(row * size.columns)..<((row + 1) * size.columns)] where !cell.isContinuation {
      text.unicodeScalars.append(cell.scalar)
      if cell.mark.value != 0 { text.unicodeScalars.append(cell.mark) }
    }
    return text
  }

  /// The characters, then a map of the styles in which each letter stands for one, then what the letters mean.
  ///
  /// The base style is `.`; the others get letters in order of appearance.
  public func dumpWithStyles() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var names: [Style: Character] = [base: "."]
    var legend: [String] = []
    var map: [String] = []
    for row in 0..<size.rows {
      var line = ""
      for cell in cells[(row * size.columns)..<((row + 1) * size.columns)] {
        if names[cell.style] == nil {
          let name = legend.count < letters.count ? letters[legend.count] : "#"
          names[cell.style] = name
          legend.append("\(name): \(cell.style.summary)")
        }
        line.append(names[cell.style] ?? "#")
      }
      map.append(line)
    }
    return ([dump()] + map + legend).joined(separator: "\n")
  }
}

extension Style {
  /// `#ff0000 on #000000 bold`; `-` stands for the terminal's own colour.
  public var summary: String {
    let names: [(Attributes, String)] = [
      (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"), (.italic, "italic"),
    ]
    let colors = [foreground, background].map { $0 == .terminal ? "-" : $0.themeText }
    return ([colors.joined(separator: " on ")] + names.filter { attributes.contains($0.0) }.map(\.1))
      .joined(separator: " ")
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    guard let last = lastIndex(where: { $0 != " " }) else { return "" }
    return String(self[...last])
  }
}
