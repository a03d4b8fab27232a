import Terminal

/// A widget alone on a screen of its size, as text.
func render(
  _ widget: some Widget, _ columns: Int, _ rows: Int = 1, glyphs: Glyphs = .unicode
) -> String {
  drawn(widget, columns, rows, look: Look(theme: .standard, glyphs: glyphs)).dump()
}

/// A widget alone on a screen of its size.
func drawn(
  _ widget: some Widget, _ columns: Int, _ rows: Int = 1, look: Look = Look(theme: .standard)
) -> Buffer {
  var buffer = look.blank(Size(columns: columns, rows: rows))
  buffer.draw(widget, in: buffer.bounds, look: look)
  return buffer
}
