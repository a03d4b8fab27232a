import Terminal

/// The whole screen, a pure function of the state.
package enum Screen {
  package static func draw(_ state: State) -> Buffer {
    var buffer = state.look.blank(state.size)
    let look = state.look
    guard !ScreenLayout.isTooSmall(state.size) else {
      TooSmallView(size: state.size).draw(in: buffer.bounds, on: &buffer, look: look)
      return buffer
    }
    let layout = ScreenLayout(state)
    buffer.draw(HeaderView(state), in: layout.header, look: look)
    buffer.draw(LayersView(state), in: layout.layers, look: look)
    buffer.draw(DetailView(state), in: layout.detail, look: look)
    buffer.draw(ResultView(state), in: layout.result, look: look)
    buffer.draw(ChartView(state), in: layout.chart, look: look)
    buffer.draw(MovesView(state), in: layout.moves, look: look)
    let status = StatusView(state)
    if layout.status != layout.keys || !status.isUrgent {
      buffer.draw(KeyBar(MainKeys.hints(look.glyphs)), in: layout.keys, look: look)
    }
    if layout.status != layout.keys || status.isUrgent {
      buffer.draw(status, in: layout.status, look: look)
    }
    drawOverlay(state, on: &buffer)
    // What goes wrong while something lies over the screen is not to be hidden by it.
    if state.overlay != nil, state.message?.kind == .failure {
      buffer.draw(status, in: layout.status, look: look)
    }
    return buffer
  }

  private static func drawOverlay(_ state: State, on buffer: inout Buffer) {
    let bounds = buffer.bounds
    switch state.overlay {
    case .help(let offset): buffer.draw(HelpOverlay(offset: offset), in: bounds, look: state.look)
    case .snapshots(let list): buffer.draw(SnapshotsOverlay(state, list), in: bounds, look: state.look)
    case .export(let form): buffer.draw(ExportOverlay(form), in: bounds, look: state.look)
    case .themes(let picker): buffer.draw(ThemesOverlay(picker), in: bounds, look: state.look)
    case .sensitivity(let view): buffer.draw(SensitivityOverlay(state, view), in: bounds, look: state.look)
    case .modelSwitches(let selected):
      buffer.draw(
        ModelSwitchesOverlay(settings: state.settings, selected: selected), in: bounds, look: state.look)
    case .distilling: buffer.draw(DistillingView(state), in: bounds, look: state.look)
    case .entry, nil: break
    }
  }
}

/// What is shown where nothing else fits.
struct TooSmallView: Widget {
  let size: Size

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let minimum = ScreenLayout.minimum
    let need = "\(minimum.columns)x\(minimum.rows)"
    let texts = [
      "pare needs \(need) cells; here are \(size.columns)x\(size.rows). q quits",
      "pare needs \(need); q quits",
      "needs \(need); q quits", "q quits", "q",
    ]
    let text = texts.first { $0.columns <= rect.width } ?? ""
    buffer.write(text, in: rect.row(rect.height / 2), .center, style: look.theme.text)
  }
}
