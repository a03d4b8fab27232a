extension Buffer {
  /// Writes `text` on one line from `point` and returns how many columns it took.
  ///
  /// Nothing is drawn outside `clip` or past `maxWidth` columns; a wide character that would be cut in half
  /// is left out. Control characters, which may come from a model's file, are shown as `?`.
  @discardableResult
  public mutating func write(
    _ text: String, at point: Point, style: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    var used = 0
    for scalar in text.unicodeScalars {
      let columns = scalar.columns
      if columns == 0 {
        // A mark joins the character before it; U+200D and the variation selectors only confuse terminals.
        if used > 0, scalar.properties.generalCategory == .nonspacingMark, !scalar.isVariationSelector {
          combine(scalar, left: Point(x: point.x + used - 1, y: point.y))
        }
        continue
      }
      guard columns <= maxWidth - used else { break }
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      put(isControl ? "?" : scalar, columns: columns, at: Point(x: point.x + used, y: point.y), style: style)
      used += columns
    }
    return used
  }

  /// Writes `text` into the first row of `rect`, aligned, and cut with `ellipsis` where it is too long.
  public mutating func write(
    _ text: String, in rect: Rect, _ alignment: Alignment = .leading, style: Style = .plain,
    ellipsis: Character = "…"
  ) {
    guard !rect.isEmpty else { return }
    if alignment == .leading, text.columns <= rect.width {
      write(text, at: rect.origin, style: style, maxWidth: rect.width)
      return
    }
    let fitted = text.fitted(to: rect.width, alignment, ellipsis: ellipsis)
    let start = fitted.unicodeScalars.prefix { $0 == " " }.count
    write(
      fitted.trimmed, at: Point(x: rect.x + start, y: rect.y), style: style, maxWidth: rect.width - start)
  }

  /// Puts one character, in a style resolved against the base style and what is beneath.
  public mutating func put(_ scalar: Unicode.Scalar, at point: Point, style: Style = .plain) {
    put(scalar, columns: scalar.columns, at: point, style: style)
  }

  /// Draws one character `count` times, from `point` to the right.
  public mutating func put(_ scalar: Unicode.Scalar, count: Int, at point: Point, style: Style = .plain) {
    for offset in 0..<max(0, count) {
      put(scalar, at: Point(x: point.x + offset, y: point.y), style: style)
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar, columns: Int, at point: Point, style: Style) {
    guard clip.contains(point) else { return }
    let right = Point(x: point.x + 1, y: point.y)
    let resolved = resolve(style, at: point)
    guard columns == 2 else {
      self[point] = Cell(scalar, style: resolved)
      return
    }
    guard clip.contains(right) else {
      self[point] = Cell(style: resolved)
      return
    }
    self[right] = Cell(style: resolved)
    self[point] = Cell(scalar, style: resolved)
    writeContinuation(at: right, style: resolved)
  }

  private mutating func combine(_ mark: Unicode.Scalar, left point: Point) {
    guard clip.contains(point) else { return }
    var index = point.y * size.columns + point.x
    if cells[index].isContinuation { index -= 1 }
    let cell = cells[index]
    if cell.mark.value == 0 {
      cells[index] = Cell(cell.scalar, mark: mark, style: cell.style)
    }
  }

  private func resolve(_ style: Style, at point: Point) -> Style {
    var style = style
    if style.foreground == .terminal { style.foreground = base.foreground }
    if style.background == .terminal {
      style.background = cells[point.y * size.columns + point.x].style.background
    }
    return style
  }
}

extension Unicode.Scalar {
  fileprivate var isVariationSelector: Bool { (0xfe00...0xfe0f).contains(value) }
}
