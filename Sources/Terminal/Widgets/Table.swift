/// Rows of text in columns, of which one row may be selected and others scrolled away.
///
/// Columns collapse in order of need where room is short. `places(in:)` says where they are, for a caller who
/// draws something else than text into one.
public struct Table: Widget {
  public struct Column: Sendable {
    public var title: String
    public var width: Part
    public var alignment: Alignment

    public init(_ title: String, _ width: Part, _ alignment: Alignment = .leading) {
      self.title = title
      self.width = width
      self.alignment = alignment
    }
  }

  /// One text of a row; nil style is that of ordinary text.
  public struct Entry: Sendable, ExpressibleByStringLiteral {
    public var text: String
    public var style: Style?

    public init(_ text: String, _ style: Style? = nil) {
      self.text = text
      self.style = style
    }

    public init(stringLiteral text: String) {
      self.init(text)
    }
  }

  public var columns: [Column]
  public var rows: [[Entry]]
  public var selected: Int?
  /// The first row that is shown.
  public var offset: Int
  public var gap: Int
  public var hasHeader: Bool

  public init(
    _ columns: [Column], rows: [[Entry]], selected: Int? = nil, offset: Int = 0, gap: Int = 2,
    hasHeader: Bool = true
  ) {
    self.columns = columns
    self.rows = rows
    self.selected = selected
    self.offset = offset
    self.gap = gap
    self.hasHeader = hasHeader
  }

  /// Where the columns are, at the full height of `rect`; a column without room is empty.
  public func places(in rect: Rect) -> [Rect] {
    rect.columns(columns.map(\.width), gap: gap)
  }

  /// How many rows `rect` shows.
  public func visibleRows(in rect: Rect) -> Int {
    max(0, rect.height - (hasHeader ? 1 : 0))
  }

  /// The line of the screen that shows row `index`, or nil when it is scrolled away.
  public func place(ofRow index: Int, in rect: Rect) -> Rect? {
    let line = index - offset
    guard line >= 0, line < visibleRows(in: rect), rows.indices.contains(index) else { return nil }
    return rect.row(line + (hasHeader ? 1 : 0))
  }

  /// The row at a line of the screen.
  public func row(at point: Point, in rect: Rect) -> Int? {
    guard rect.contains(point) else { return nil }
    let index = point.y - rect.y - (hasHeader ? 1 : 0) + offset
    return rows.indices.contains(index) && index >= offset ? index : nil
  }

  /// The offset nearest to `offset` at which row `index` of `count` can be seen among `visible` rows.
  public static func offset(_ offset: Int, showing index: Int, of count: Int, visible: Int) -> Int {
    let latest = max(0, count - visible)
    guard visible > 0 else { return min(max(offset, 0), latest) }
    return min(max(min(max(offset, index - visible + 1), index), 0), latest)
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let places = places(in: rect)
    if hasHeader {
      for (column, place) in zip(columns, places) {
        write(Entry(column.title, look.theme.faint), column, in: place.row(0), on: &buffer, look: look)
      }
    }
    for index in rows.indices {
      guard let line = place(ofRow: index, in: rect) else { continue }
      if index == selected { buffer.restyle(line) { $0 = look.theme.selection.over($0) } }
      for ((column, place), entry) in zip(zip(columns, places), rows[index]) {
        let cell = Rect(x: place.x, y: line.y, width: place.width, height: 1)
        let entry = index == selected ? Entry(entry.text, look.theme.selection) : entry
        write(entry, column, in: cell, on: &buffer, look: look)
      }
    }
  }

  private func write(_ entry: Entry, _ column: Column, in rect: Rect, on buffer: inout Buffer, look: Look) {
    buffer.write(
      entry.text, in: rect, column.alignment, style: entry.style ?? look.theme.text,
      ellipsis: look.glyphs.ellipsis)
  }
}

extension Style {
  /// This style, with what it leaves to the terminal taken from `other`.
  public func over(_ other: Style) -> Style {
    Style(
      foreground == .terminal ? other.foreground : foreground,
      on: background == .terminal ? other.background : background, attributes)
  }
}
