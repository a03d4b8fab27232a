/// A box in the middle, over a shaded screen.
public struct Dialog: Widget {
  public var title: String
  /// The size of what is inside the frame, as far as there is room.
  public var contentSize: Size
  public var footer: String

  public init(_ title: String, content contentSize: Size, footer: String = "") {
    self.title = title
    self.contentSize = contentSize
    self.footer = footer
  }

  /// Where the box is, in a screen of `bounds`.
  public func place(in bounds: Rect) -> Rect {
    bounds.centered(columns: contentSize.columns + 4, rows: contentSize.rows + 2)
  }

  /// Where the contents are: within the frame and a column of air.
  public func content(in bounds: Rect) -> Rect {
    let place = place(in: bounds)
    let inside = Box.inside(place)
    return inside == place ? place : inside.inset(columns: inside.width > 2 ? 1 : 0)
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    buffer.restyle(rect) { style in
      style = Style(theme.inactive == .terminal ? style.foreground : theme.inactive, on: theme.background)
      if theme.isMonochrome { style.attributes = .dim }
    }
    let place = place(in: rect)
    buffer.clear(place)
    Box(title, footer: footer, frame: .dialog).draw(in: place, on: &buffer, look: look)
  }
}
