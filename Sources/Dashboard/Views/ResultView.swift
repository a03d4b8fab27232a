import Compression
import Terminal
import Workbench

/// What the settings come to, before and after.
struct ResultView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  /// The height at which everything is shown, frame included.
  static let fullHeight = 13

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    Box("Result", note: note, frame: .result).draw(in: rect, on: &buffer, look: look)
    let inside = Box.inside(rect).inset(columns: 1)
    let lines = ResultLine.all(state, look: look)
    // Where not all fit, the least needed are left out.
    let order = lines.indices.sorted { (lines[$0].need, -$0) > (lines[$1].need, -$1) }
    let kept = Set(order.prefix(inside.height))
    for (row, index) in lines.indices.filter(kept.contains).enumerated() {
      draw(lines[index], in: inside.row(row), on: &buffer, look: look)
    }
  }

  /// The theme's colours of accuracy begin with nothing lost.
  private func worstToBest(_ theme: Theme) -> Gradient {
    Gradient(start: theme.accuracy[1], mid: theme.accuracy[0.5], end: theme.accuracy[0])
  }

  /// What is before and what is after.
  private var note: String { state.marked == nil ? "original → now" : "\(state.reference.name) → now" }

  private func draw(_ line: ResultLine, in rect: Rect, on buffer: inout Buffer, look: Look) {
    let places = rect.columns(
      [
        .fixed(10, need: 3), .flexible(1, minimum: 8, maximum: 14, need: 1), .fixed(1, need: 1),
        .flexible(1, minimum: 11, maximum: 16, need: 4), .fixed(7, need: 2),
      ], gap: 1)
    let style = line.isSecondary ? look.theme.faint : look.theme.text
    buffer.write(line.label, in: places[0], style: style, ellipsis: look.glyphs.ellipsis)
    switch line.content {
    case .comparison(let before, let after, let change):
      buffer.write(before, in: places[1], .trailing, style: look.theme.faint)
      if !places[2].isEmpty {
        buffer.put(look.glyphs.arrow, at: places[2].origin, style: look.theme.faint)
      }
      let text = after.text.columns > places[3].width ? after.short ?? after.text : after.text
      buffer.write(text, in: places[3], .leading, style: after.style)
      buffer.write(change.text, in: places[4], .trailing, style: change.style)
    case .trend(let values, let text):
      let start = places[0].x + places[0].width + 1
      let room = rect.x + rect.width - start
      let width = room - text.columns - 1
      guard width > 3 else { return }
      buffer.draw(
        Sparkline(Array(values.suffix(width)), gradient: worstToBest(look.theme)),
        in: Rect(x: start, y: rect.y, width: width, height: 1),
        look: look)
      buffer.write(
        text, in: Rect(x: start + width + 1, y: rect.y, width: text.columns, height: 1),
        style: look.theme.faint)
    case .progress(let fraction, let text) where fraction >= 1:
      let room = Rect(x: places[0].x + places[0].width + 1, y: rect.y, width: rect.width - 11, height: 1)
      buffer.write(text, in: room, style: look.theme.faint, ellipsis: look.glyphs.ellipsis)
    case .progress(let fraction, let text):
      let start = places[0].x + places[0].width + 1
      let room = rect.x + rect.width - start
      let width = room - text.columns - 1
      guard width > 3 else { return }
      buffer.draw(Gauge(fraction), in: Rect(x: start, y: rect.y, width: width, height: 1), look: look)
      buffer.write(
        text, in: Rect(x: start + width + 1, y: rect.y, width: text.columns, height: 1),
        style: look.theme.faint)
    }
  }
}
