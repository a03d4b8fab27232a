import Terminal

/// Where to write the compressed model and its recipe.
struct ExportOverlay: Widget {
  let form: ExportForm

  init(_ form: ExportForm) { self.form = form }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let dialog = Dialog(
      form.isTrained ? "Export the best state of the training" : "Export",
      content: Size(columns: 72, rows: 6),
      footer: form.isWriting ? "" : "⏎ write  Tab field  Esc close")
    dialog.draw(in: rect, on: &buffer, look: look)
    let content = dialog.content(in: rect)
    drawField("Model", .model, in: content.row(0), on: &buffer, look: look)
    drawField("Recipe", .recipe, in: content.row(2), on: &buffer, look: look)
    let line = content.row(4)
    let theme = look.theme
    if form.isWriting {
      buffer.write("Writing…", in: line, style: theme.key)
    } else if !form.existing.isEmpty {
      let what =
        form.existing.count == 1 ? "\(form.existing[0]) is there already." : "Both files are there already."
      buffer.write(what, in: line, style: theme.worsened, ellipsis: look.glyphs.ellipsis)
      buffer.write("y writes over it, any other key does not.", in: content.row(5), style: theme.text)
    } else if let failure = form.failure {
      buffer.write(failure, in: line, style: theme.worsened, ellipsis: look.glyphs.ellipsis)
    } else {
      buffer.write(
        "An ONNX model and a JSON recipe; an empty path writes nothing.", in: line, style: theme.faint,
        ellipsis: look.glyphs.ellipsis)
    }
  }

  private func drawField(
    _ label: String, _ field: ExportForm.Field, in rect: Rect, on buffer: inout Buffer, look: Look
  ) {
    let isFocused = form.field == field && form.existing.isEmpty && !form.isWriting
    if isFocused { buffer.put(look.glyphs.cursor, at: rect.origin, style: look.theme.key) }
    buffer.write(
      label, at: Point(x: rect.x + 2, y: rect.y), style: isFocused ? look.theme.heading : look.theme.text)
    let place = Rect(x: rect.x + 10, y: rect.y, width: rect.width - 10, height: rect.height)
    if isFocused {
      buffer.draw(form[field], in: place, look: look)
    } else {
      let text = form[field].text
      buffer.write(
        text.isEmpty ? form[field].placeholder : text, in: place,
        style: text.isEmpty ? look.theme.faint : look.theme.text, ellipsis: look.glyphs.ellipsis)
    }
  }
}
