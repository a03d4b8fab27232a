/// A frame with a title at its top left, a note at its top right, and another at its bottom right.
public struct Box: Widget {
  public var title: String
  public var note: String
  public var footer: String
  public var frame: Theme.Frame
  public var isFocused: Bool

  public init(
    _ title: String = "", note: String = "", footer: String = "", frame: Theme.Frame = .detail,
    isFocused: Bool = false
  ) {
    self.title = title
    self.note = note
    self.footer = footer
    self.frame = frame
    self.isFocused = isFocused
  }

  /// What is left for the contents. Where there is no room for a frame, that is all of `rect`.
  public static func inside(_ rect: Rect) -> Rect {
    hasFrame(rect) ? rect.inset(columns: 1, rows: 1) : rect
  }

  private static func hasFrame(_ rect: Rect) -> Bool { rect.width >= 3 && rect.height >= 3 }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard Self.hasFrame(rect) else { return }
    let glyphs = look.glyphs
    let style = look.theme.frameStyle(frame, isFocused: isFocused)
    let right = rect.x + rect.width - 1
    let bottom = rect.y + rect.height - 1
    for y in [rect.y, bottom] {
      buffer.put(glyphs.horizontal, count: rect.width, at: Point(x: rect.x, y: y), style: style)
    }
    for y in (rect.y + 1)..<bottom {
      buffer.put(glyphs.vertical, at: Point(x: rect.x, y: y), style: style)
      buffer.put(glyphs.vertical, at: Point(x: right, y: y), style: style)
    }
    buffer.put(glyphs.topLeft, at: rect.origin, style: style)
    buffer.put(glyphs.topRight, at: Point(x: right, y: rect.y), style: style)
    buffer.put(glyphs.bottomLeft, at: Point(x: rect.x, y: bottom), style: style)
    buffer.put(glyphs.bottomRight, at: Point(x: right, y: bottom), style: style)

    var room = rect.width - 4
    if !title.isEmpty, room > 0 {
      let shown = title.columns <= room ? title : title.fitted(to: room, ellipsis: glyphs.ellipsis)
      buffer.write(" \(shown) ", at: Point(x: rect.x + 1, y: rect.y), style: look.theme.heading)
      room -= shown.columns + 2
    }
    if !note.isEmpty, note.columns + 1 <= room {
      let start = right - note.columns - 2
      buffer.write(" \(note) ", at: Point(x: start, y: rect.y), style: look.theme.faint)
    }
    if !footer.isEmpty, footer.columns <= rect.width - 4 {
      let start = right - footer.columns - 2
      buffer.write(" \(footer) ", at: Point(x: start, y: bottom), style: look.theme.faint)
    }
  }
}
