import Terminal
import Workbench

/// How the score falls when each layer alone is moved, all others as they are: a layer a row, a place of the slider a
/// column. Numbers come as they are measured.
struct SensitivityOverlay: Widget {
  let state: State
  let view: SensitivityView

  init(_ state: State, _ view: SensitivityView) {
    self.state = state
    self.view = view
  }

  private static let (nameWidth, cellWidth) = (14, 6)
  /// A loss of so much has the last colour of the theme.
  private static let worstLoss = 0.05

  private static func dialog(_ state: State, _ view: SensitivityView) -> Dialog {
    Dialog(
      "Sensitivity: \(view.column.label)",
      content: Size(
        columns: nameWidth + view.ticks.count * cellWidth, rows: min(state.subject.layers.count, 200) + 3),
      footer: "Tab slider  ↑↓ layers  Esc close")
  }

  /// Layers that can be seen at a time.
  static func visibleRows(_ state: State, _ view: SensitivityView) -> Int {
    max(1, dialog(state, view).content(in: Rect(state.size)).height - 3)
  }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let dialog = Self.dialog(state, view)
    dialog.draw(in: rect, on: &buffer, look: look)
    let content = dialog.content(in: rect)
    // Of the columns as many as there is room for, the last ones first: there layers break.
    let room = max(0, (content.width - Self.nameWidth) / Self.cellWidth)
    let ticks = Array(view.ticks.suffix(room))
    func cell(_ column: Int, _ y: Int) -> Rect {
      Rect(x: content.x + Self.nameWidth + column * Self.cellWidth, y: y, width: Self.cellWidth, height: 1)
    }
    buffer.write("layer", in: content.row(0), style: theme.faint)
    for (column, tick) in ticks.enumerated() {
      buffer.write(view.heading(tick), in: cell(column, content.y), .trailing, style: theme.faint)
    }
    let known = state.aheadScores(view.column)
    let baseline = state.baseline?.score ?? state.measurement.evaluation?.score ?? 0
    let layers = state.subject.layers.indices.dropFirst(view.offset).prefix(
      Self.visibleRows(state, view))
    for (line, layer) in layers.enumerated() {
      let y = content.y + 1 + line
      let name = Rect(x: content.x, y: y, width: Self.nameWidth - 1, height: 1)
      let isFocused = state.focus.row.layer == layer
      buffer.write(
        state.subject.layers[layer].name, in: name, style: isFocused ? theme.key : theme.text,
        ellipsis: look.glyphs.ellipsis)
      for (column, tick) in ticks.enumerated() {
        guard let score = score(layer, tick, known) else {
          buffer.write(look.glyphs.isUnicode ? "·" : ".", in: cell(column, y), .trailing, style: theme.faint)
          continue
        }
        let color = theme.accuracy[(baseline - score) / Self.worstLoss]
        buffer.write(
          (100 * score).text(decimals: 1), in: cell(column, y), .trailing,
          style: Style(color, on: theme.text.background))
      }
    }
    let last = content.row(content.height - 1)
    let headline = state.task.headline
    buffer.write(
      "\(headline.prefix(1).uppercased() + headline.dropFirst()) in %, the other layers as they are.",
      in: last, style: theme.faint, ellipsis: look.glyphs.ellipsis)
  }

  /// Where the slider stands the score is that of the settings.
  private func score(_ layer: Int, _ tick: Int, _ known: [Int: [Int: Double]]) -> Double? {
    if state.settings.layers[layer].tick(view.column) == tick, state.measurement.isExact {
      return state.measurement.evaluation?.score
    }
    return known[layer]?[tick]
  }
}
