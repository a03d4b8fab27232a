import Terminal

/// The first line: what is open, on what it is measured, and how far that is.
struct HeaderView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let inside = rect.inset(columns: 1)
    let (glyph, text, style) = condition(look)
    let right = training + (glyph.map { "\($0) \(text)" } ?? text)
    buffer.write(right, in: inside, .trailing, style: style, ellipsis: look.glyphs.ellipsis)
    let left = Rect(x: inside.x, y: inside.y, width: inside.width - right.columns - 2, height: 1)
    buffer.clipped(to: left) { buffer in
      var x = left.x
      x += buffer.write("pare", at: Point(x: x, y: left.y), style: theme.key) + 2
      x += buffer.write(state.subject.name, at: Point(x: x, y: left.y), style: theme.heading)
      if state.recipe.trained != nil {
        x += buffer.write(" trained", at: Point(x: x, y: left.y), style: theme.improved)
      }
      if case .ready(let name, let samples) = state.data {
        // Bundles name their data after themselves.
        let own = state.subject.name + " "
        let text =
          " · \(name.hasPrefix(own) ? String(name.dropFirst(own.count)) : name), \(samples.grouped) samples"
        let room = Rect(x: x, y: left.y, width: left.x + left.width - x, height: 1)
        buffer.write(text, in: room, style: theme.faint, ellipsis: look.glyphs.ellipsis)
      }
    }
  }

  /// How far the training is, in front of everything else.
  private var training: String {
    let distilling = state.distilling
    guard distilling.status.isActive else { return "" }
    let what = distilling.status == .paused ? "training paused" : "training"
    guard let progress = distilling.progress else { return what + "  " }
    return "\(what) \(Int(100 * progress.position / Double(max(progress.epochs, 1)))) %  "
  }

  private func condition(_ look: Look) -> (Unicode.Scalar?, String, Style) {
    let theme = look.theme
    let glyphs = look.glyphs
    if state.costFailure != nil { return (glyphs.dot, "cannot be carried out", theme.worsened) }
    switch state.data {
    case .loading: return (glyphs.hollowDot, "loading data", theme.faint)
    case .failed: return (glyphs.dot, "no data", theme.worsened)
    case .ready: break
    }
    let measurement = state.measurement
    if measurement.failure != nil { return (glyphs.dot, "not measured", theme.worsened) }
    if measurement.isExact { return (glyphs.dot, "exact", theme.improved) }
    guard let evaluation = measurement.evaluation, !measurement.isStale, evaluation.total > 0 else {
      return (glyphs.dot, "measuring", theme.key)
    }
    let percent = evaluation.samples * 100 / evaluation.total
    return (glyphs.dot, "measuring \(percent) %", theme.key)
  }
}
