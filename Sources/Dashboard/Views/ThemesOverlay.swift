import Terminal

/// The themes; the selected one is shown as it is chosen, so the rest of the screen stays unshaded.
struct ThemesOverlay: Widget {
  let picker: ThemePicker

  init(_ picker: ThemePicker) { self.picker = picker }

  private static func place(_ count: Int, in bounds: Rect) -> Rect {
    let width = min(30, bounds.width)
    let height = min(count + 2, bounds.height - 2)
    return Rect(x: bounds.width - width - 2, y: 1, width: width, height: height)
  }

  static func visibleRows(_ count: Int, in size: Size) -> Int {
    Box.inside(place(count, in: Rect(size))).height
  }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let place = Self.place(picker.names.count, in: rect)
    buffer.clear(place)
    Box("Theme", footer: "⏎ keep  Esc back", frame: .dialog).draw(in: place, on: &buffer, look: look)
    let inside = Box.inside(place).inset(columns: 1)
    let rows = picker.names.map { [Table.Entry($0)] }
    Table(
      [Table.Column("", .flexible())], rows: rows, selected: picker.selected, offset: picker.offset,
      hasHeader: false
    ).draw(in: inside, on: &buffer, look: look)
  }
}
