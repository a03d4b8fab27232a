import Terminal

/// Repairs and other switches of the model as a whole.
struct ModelSwitchesOverlay: Widget {
  let settings: Settings
  let selected: ModelSwitch

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let switches = ModelSwitch.allCases
    let dialog = Dialog(
      "The whole model", content: Size(columns: 70, rows: switches.count + 2),
      footer: "Space on or off  Esc close")
    dialog.draw(in: rect, on: &buffer, look: look)
    let content = dialog.content(in: rect)
    for (row, each) in switches.enumerated() {
      draw(each, in: content.row(row), on: &buffer, look: look)
    }
    buffer.write(
      "The first three repair the pruned model by \(settings.repair.samples) samples.",
      in: content.row(switches.count + 1), style: look.theme.faint, ellipsis: look.glyphs.ellipsis)
  }

  private func draw(_ each: ModelSwitch, in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    if each == selected { buffer.put(look.glyphs.cursor, at: rect.origin, style: theme.key) }
    let isOn = settings.isOn(each)
    buffer.write(
      isOn ? "[x]" : "[ ]", at: Point(x: rect.x + 2, y: rect.y), style: isOn ? theme.key : theme.text)
    buffer.write(
      each.title, at: Point(x: rect.x + 6, y: rect.y), style: each == selected ? theme.heading : theme.text)
    let text = Rect(x: rect.x + 22, y: rect.y, width: rect.width - 22, height: 1)
    buffer.write(each.explanation(in: settings), in: text, style: theme.faint, ellipsis: look.glyphs.ellipsis)
  }
}
