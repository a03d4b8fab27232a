import Compression
import Terminal
import Workbench

/// The distillation screen: sliders above, how far the training is, and its curves below.
struct DistillingView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  private var distilling: Distilling { state.distilling }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    // The header stays, and says what is measured meanwhile; the last line has the keys.
    let body = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 2)
    buffer.clear(body)
    buffer.clear(rect.row(rect.height - 1))
    Box("Distillation", note: note, frame: .dialog, isFocused: true).draw(in: body, on: &buffer, look: look)
    let inside = Box.inside(body).inset(columns: 1)
    let sliders = DistillingSlider.allCases
    for (row, slider) in sliders.enumerated() { draw(slider, in: inside.row(row), on: &buffer, look: look) }
    drawProgress(in: inside.row(sliders.count), on: &buffer, look: look)
    drawSentence(in: inside.row(sliders.count + 1), on: &buffer, look: look)
    let top = sliders.count + 2
    let chart = Rect(
      x: inside.x, y: inside.y + top, width: inside.width, height: max(0, inside.height - top))
    drawCharts(in: chart, on: &buffer, look: look)
    buffer.draw(KeyBar(hints(look.glyphs)), in: rect.row(rect.height - 1), look: look)
  }

  private var note: String {
    let settings = state.distillation
    return "\(settings.loss), \(settings.optimizer), \(settings.schedule)"
  }

  private func draw(_ slider: DistillingSlider, in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let isSelected = slider == distilling.slider
    let settings = state.distillation
    if isSelected { buffer.put(look.glyphs.cursor, at: rect.origin, style: theme.key) }
    buffer.write(
      slider.label, at: Point(x: rect.x + 2, y: rect.y), style: isSelected ? theme.strong : theme.text)
    let width = min(40, max(12, rect.width - 18 - 10))
    let track = Rect(x: rect.x + 17, y: rect.y, width: width, height: 1)
    Slider(
      slider.scale, at: slider.tick(settings), default: slider.tick(DistillationSettings()),
      isFocused: isSelected
    ).draw(in: track, on: &buffer, look: look)
    var x = track.x + width + 1
    let value = Rect(x: x, y: rect.y, width: 9, height: 1)
    if isSelected, let field = distilling.entry {
      buffer.draw(field, in: value, look: look)
    } else {
      buffer.write(slider.text(settings), in: value, .trailing, style: isSelected ? theme.strong : theme.text)
    }
    x += 11
    let meaning = Rect(x: x, y: rect.y, width: rect.x + rect.width - x, height: 1)
    if slider.meaning.columns <= meaning.width {
      buffer.write(slider.meaning, in: meaning, style: theme.faint)
    }
  }

  // MARK: Progress

  private func drawProgress(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let (text, style) = status(theme)
    let used = buffer.write(text, at: rect.origin, style: style, maxWidth: rect.width)
    guard let progress = distilling.progress, rect.width > used + 30 else { return }
    var words =
      "epoch \(progress.epoch) of \(progress.epochs), batch \(progress.batch) of \(progress.batches)"
    if distilling.status.isActive, let left = progress.secondsLeft { words += ", \(left.asTime) left" }
    let width = min(20, rect.width - used - words.columns - 4)
    var x = rect.x + used + 2
    if width >= 6 {
      let gauge = Rect(x: x, y: rect.y, width: width, height: 1)
      Gauge(progress.position / Double(max(progress.epochs, 1))).draw(in: gauge, on: &buffer, look: look)
      x += width + 2
    }
    let room = Rect(x: x, y: rect.y, width: rect.x + rect.width - x, height: 1)
    buffer.write(words, in: room, style: theme.text, ellipsis: look.glyphs.ellipsis)
  }

  private func status(_ theme: Theme) -> (String, Style) {
    switch distilling.status {
    case .idle: ("Not started", theme.faint)
    case .preparing: ("Preparing", theme.key)
    case .running: ("Training", theme.key)
    case .paused: ("Paused", theme.outdated)
    case .finished: ("Finished", theme.improved)
    case .stopped: ("Stopped", theme.faint)
    case .failed: ("Failed", theme.worsened)
    }
  }

  private func drawSentence(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    var (text, style) = (
      "Space trains what the settings make of the model; the original teaches.", theme.faint
    )
    if let message = state.message {
      (text, style) = (message.text, message.kind == .failure ? theme.worsened : theme.text)
    } else if case .failed(let reason) = distilling.status {
      (text, style) = (reason, theme.worsened)
    } else if let best = distilling.best {
      text = "Best: \(best.score.asPercent) % after epoch \(best.epoch)"
      if let start = distilling.startScore { text += ", \(start.asPercent) % before training" }
      if state.isTrainingOther { text += "; of earlier settings" }
      text += "."
      style = theme.text
    } else if state.isTrainingOther {
      text = "The other sliders have moved since; n trains what they say now."
    } else if distilling.status == .preparing {
      text = "Reading the training data, and asking the teacher."
    } else if distilling.status.isActive {
      text = "The score is measured after each epoch; d goes back while this goes on."
    }
    buffer.write(text, in: rect, style: style, ellipsis: look.glyphs.ellipsis)
  }

  // MARK: Curves

  private func drawCharts(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard rect.height >= 3, !distilling.scores.isEmpty || !distilling.hard.isEmpty || !distilling.soft.isEmpty
    else { return }
    let half = (rect.width - 2) / 2
    let left = Rect(x: rect.x, y: rect.y, width: half, height: rect.height)
    let right = Rect(x: rect.x + rect.width - half, y: rect.y, width: half, height: rect.height)
    losses(look).draw(in: left, on: &buffer, look: look)
    scores(look).draw(in: right, on: &buffer, look: look)
  }

  private var range: ClosedRange<Double> {
    0...Double(max(distilling.progress?.epochs ?? state.distillation.epochs, 1))
  }

  private static func places(_ points: [Distilling.Point]) -> [(x: Double, y: Double)] {
    points.map { ($0.x, $0.y) }
  }

  private func losses(_ look: Look) -> CurveChart {
    let theme = look.theme
    var curves: [CurveChart.Curve] = []
    func add(_ name: String, _ points: [Distilling.Point], _ color: Color, _ form: CurveChart.Form) {
      guard let last = points.last else { return }
      curves.append(
        CurveChart.Curve(
          name, note: last.y.text(decimals: 4), Self.places(points), color: color, form: form))
    }
    add("labels", distilling.hard, theme.highlight, .line)
    add("teacher", distilling.soft, theme.pareto, .dotted)
    return CurveChart(
      curves, breaks: distilling.changes, xRange: range, xLabel: { "epoch " + $0.text(upTo: 1) },
      yLabel: { $0.text(decimals: $0 != 0 && abs($0) < 0.01 ? 5 : 3) })
  }

  private func scores(_ look: Look) -> CurveChart {
    let theme = look.theme
    let points = distilling.scores
    let note = points.last.map { $0.y.asPercent + " %" } ?? ""
    var levels: [CurveChart.Level] = []
    if let teacher = state.baseline?.score {
      levels.append(CurveChart.Level("teacher \(teacher.asPercent)", y: teacher, color: theme.better))
    }
    if let start = distilling.startScore {
      levels.append(CurveChart.Level("before \(start.asPercent)", y: start, color: theme.worse))
    }
    return CurveChart(
      [CurveChart.Curve(state.headline, note: note, Self.places(points), color: theme.highlight)],
      levels: levels, breaks: distilling.changes, xRange: range,
      xLabel: { "epoch " + $0.text(upTo: 1) }, yLabel: { ($0 * 100).text(decimals: 1) })
  }

  // MARK: Keys

  private func hints(_ glyphs: Glyphs) -> [KeyBar.Hint] {
    let space =
      switch distilling.status {
      case .running, .preparing: "pause"
      case .paused: "go on"
      case .idle, .finished, .stopped, .failed: "start"
      }
    var hints = [
      KeyBar.Hint(glyphs.isUnicode ? "↑↓" : "jk", "slider", need: 5),
      KeyBar.Hint(glyphs.isUnicode ? "←→" : "hl", "move", need: 6),
      KeyBar.Hint(glyphs.isUnicode ? "⏎" : "Enter", "type", need: 2), KeyBar.Hint("Space", space, need: 9),
    ]
    if distilling.status.isActive {
      hints += [KeyBar.Hint("n", "anew", need: 3), KeyBar.Hint("x", "stop", need: 7)]
    }
    if distilling.best != nil {
      hints += [KeyBar.Hint("t", "take over", need: 8), KeyBar.Hint("e", "export best", need: 4)]
    }
    return hints + [KeyBar.Hint("Esc", "back", need: 10)]
  }
}

extension Double {
  /// Seconds as a person waits for them: `8 s`, `3 min`, `1.5 h`.
  package var asTime: String {
    if self < 99.5 { return text(decimals: 0) + " s" }
    return self < 5_970 ? (self / 60).text(decimals: 0) + " min" : (self / 3600).text(decimals: 1) + " h"
  }
}
