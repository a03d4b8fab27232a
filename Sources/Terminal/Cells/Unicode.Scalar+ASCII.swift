extension Unicode.Scalar {
  /// What an ASCII terminal shows for this character: one column of the same drift, or `?`.
  public var asciiStandIn: Unicode.Scalar {
    if value < 0x7f { return self }
    return Self.standIns[self] ?? blockStandIn
  }

  private static let standIns: [Unicode.Scalar: Unicode.Scalar] = [
    "→": ">", "←": "<", "↑": "^", "↓": "v", "⇧": "^", "⏎": "<", "▸": ">", "◂": "<", "▴": "^", "▾": "v",
    "▲": "^", "▼": "v", "▶": ">", "◀": "<", "‹": "<", "›": ">", "«": "<", "»": ">",
    "×": "x", "·": ".", "•": "*", "●": "*", "○": "o", "◆": "*", "◇": "o", "★": "*", "✓": "+", "✗": "x",
    "−": "-", "–": "-", "—": "-", "‐": "-", "±": "~", "≈": "~", "≤": "<", "≥": ">", "…": "~", "∞": "8",
    "‘": "'", "’": "'", "“": "\"", "”": "\"", "°": "o", "µ": "u", "μ": "u", "Δ": "d", "σ": "s", "\u{a0}": " ",
    "╭": "+", "╮": "+", "╰": "+", "╯": "+", "│": "|", "┃": "|", "─": "-", "━": "=", "┄": "-", "┈": "-",
    "┊": "|", "╵": "'", "▏": "|", "█": "#", "░": ".", "▒": ":", "▓": "%",
  ]

  private var blockStandIn: Unicode.Scalar {
    switch value {
    case 0x2500...0x257f: "+"
    case 0x2580...0x259f: "#"
    case 0x2800: " "
    case 0x2801...0x28ff: "*"
    default: "?"
    }
  }
}

extension Buffer {
  /// The same screen as a terminal without Unicode shows it, each character in its own columns.
  public func inASCII() -> Buffer {
    var copy = self
    for index in cells.indices {
      let cell = cells[index]
      let scalar = cell.isContinuation ? " " : cell.scalar.asciiStandIn
      copy.cells[index] = Cell(scalar, style: cell.style)
    }
    return copy
  }
}
