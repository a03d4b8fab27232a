import Compression
import Terminal

/// One line: the value that is being typed, what went wrong, what was done, or what the focused slider means.
struct StatusView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  /// Whether there is more to say than what can be read elsewhere too.
  var isUrgent: Bool {
    if case .entry = state.overlay { return true }
    return state.message != nil || failure != nil
  }

  private var failure: String? { state.costFailure ?? state.measurement.failure }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    buffer.clear(rect)
    let inside = rect.inset(columns: 1)
    if case .entry(let field) = state.overlay {
      drawEntry(field, in: inside, on: &buffer, look: look)
    } else if let message = state.message, message.kind == .failure || failure == nil {
      write(message.text, kind: message.kind, in: inside, on: &buffer, look: look)
    } else if let failure {
      write(failure, kind: .failure, in: inside, on: &buffer, look: look)
    } else {
      drawMeaning(in: inside, on: &buffer, theme: theme, look: look)
    }
  }

  private func write(
    _ text: String, kind: Message.Kind, in rect: Rect, on buffer: inout Buffer, look: Look
  ) {
    let sign: Unicode.Scalar? =
      switch kind {
      case .note: nil
      case .success: look.glyphs.isUnicode ? "✓" : "+"
      case .failure: look.glyphs.isUnicode ? "✗" : "!"
      }
    let style =
      switch kind {
      case .note: look.theme.text
      case .success: look.theme.improved
      case .failure: look.theme.worsened
      }
    var text = text
    if let sign { text = "\(sign) \(text)" }
    buffer.write(text, in: rect, style: style, ellipsis: look.glyphs.ellipsis)
  }

  private func drawEntry(_ field: TextField, in rect: Rect, on buffer: inout Buffer, look: Look) {
    let focus = state.focus
    let scale = focus.column.scale
    let range = "\(scale.text(at: 0)) to \(scale.text(at: scale.lastTick))"
    let label = "\(state.name(of: focus.row)), \(focus.column.label) (\(range)):"
    var x = rect.x
    x += buffer.write(label, at: rect.origin, style: look.theme.strong, maxWidth: rect.width - 12) + 1
    let width = min(12, rect.x + rect.width - x)
    buffer.draw(field, in: Rect(x: x, y: rect.y, width: width, height: 1), look: look)
    x += width + 2
    let rest = Rect(x: x, y: rect.y, width: rect.x + rect.width - x, height: 1)
    if let message = state.message {
      write(message.text, kind: message.kind, in: rest, on: &buffer, look: look)
    } else {
      let examples = focus.column == .prune ? "37.5, 0.375 or +5" : "4 or +2"
      buffer.write(
        "\(examples); Enter sets, Esc leaves", in: rest, style: look.theme.faint,
        ellipsis: look.glyphs.ellipsis)
    }
  }

  private func drawMeaning(in rect: Rect, on buffer: inout Buffer, theme: Theme, look: Look) {
    let focus = state.focus
    let name = focus.row == .master ? "All layers" : state.name(of: focus.row)
    var x = rect.x
    x += buffer.write(name, at: rect.origin, style: theme.strong, maxWidth: rect.width) + 2
    let rest = Rect(x: x, y: rect.y, width: rect.x + rect.width - x, height: 1)
    buffer.write(SliderMeaning(state).sentence, in: rest, style: theme.faint, ellipsis: look.glyphs.ellipsis)
  }
}
