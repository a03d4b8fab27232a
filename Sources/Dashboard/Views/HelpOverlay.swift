import Terminal

/// All keys. In two columns where there is room, else to be scrolled.
struct HelpOverlay: Widget {
  let offset: Int

  private enum Line {
    case title(String)
    case entry(MainKeys.Entry)
    case blank
  }

  private static let keysWidth = 17
  private static let columnWidth =
    keysWidth + 1 + (MainKeys.sections.flatMap(\.entries).map(\.text.columns).max() ?? 0)

  private static func lines(_ sections: ArraySlice<MainKeys.Section>) -> [Line] {
    var lines: [Line] = []
    for section in sections {
      if !lines.isEmpty { lines.append(.blank) }
      lines.append(.title(section.title))
      lines += section.entries.map(Line.entry)
    }
    return lines
  }

  private static func isWide(_ size: Size) -> Bool { size.columns >= 2 * columnWidth + 3 + 6 }

  private static func columns(in size: Size) -> [[Line]] {
    let all = MainKeys.sections
    return isWide(size) ? [lines(all[..<3]), lines(all[3...])] : [lines(all[...])]
  }

  private static func dialog(in size: Size) -> Dialog {
    let columns = columns(in: size)
    let width = columns.count * columnWidth + (columns.count - 1) * 3
    let height = columns.map(\.count).max() ?? 0
    let isCut = height > size.rows - 2
    return Dialog(
      "Keys", content: Size(columns: width, rows: height),
      footer: isCut ? "↑↓ scroll, Esc closes" : "any key closes")
  }

  static func lastOffset(in size: Size) -> Int {
    let visible = dialog(in: size).content(in: Rect(size)).height
    return max(0, (columns(in: size).map(\.count).max() ?? 0) - visible)
  }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let dialog = Self.dialog(in: rect.size)
    dialog.draw(in: rect, on: &buffer, look: look)
    let content = dialog.content(in: rect)
    for (index, column) in Self.columns(in: rect.size).enumerated() {
      let x = content.x + index * (Self.columnWidth + 3)
      let width = min(Self.columnWidth, content.x + content.width - x)
      for (row, line) in column.dropFirst(offset).prefix(content.height).enumerated() {
        draw(line, in: Rect(x: x, y: content.y + row, width: width, height: 1), on: &buffer, look: look)
      }
    }
  }

  private func draw(_ line: Line, in rect: Rect, on buffer: inout Buffer, look: Look) {
    switch line {
    case .blank: break
    case .title(let text): buffer.write(text, in: rect, style: look.theme.heading)
    case .entry(let entry):
      buffer.write(entry.keys, at: rect.origin, style: look.theme.key, maxWidth: Self.keysWidth)
      let text = Rect(
        x: rect.x + Self.keysWidth + 1, y: rect.y, width: rect.width - Self.keysWidth - 1, height: 1)
      buffer.write(entry.text, in: text, style: look.theme.text, ellipsis: look.glyphs.ellipsis)
    }
  }
}
