import Compression
import Terminal
import Workbench

/// One line of the result.
struct ResultLine {
  struct Entry {
    var text: String
    var style: Style
  }

  enum Content {
    case comparison(before: String, after: Entry, change: Entry)
    case trend([Double], String)
    case progress(Double, String)
  }

  var label: String
  /// Lines of the least need are left out first.
  var need: Int
  var content: Content

  static func all(_ state: State, look: Look) -> [ResultLine] {
    let before = state.reference.cost
    let after = state.cost
    let isStale = state.costFailure != nil
    func line(_ label: String, need: Int, _ value: (CostReport) -> Int, _ text: (Int) -> String) -> ResultLine
    {
      let isKnown = after.isComplete || label == "Size" || label == "Weights"
      return quantity(
        label, need: need, isKnown ? (value(before), value(after)) : nil, text, isStale: isStale, look: look)
    }
    return [
      line("Size", need: 9, \.sizeBytes, \.asBytes),
      line("MACs", need: 8, \.macs, \.asCount),
      line("non-zero", need: 3, \.effectiveMacs, \.asCount),
      line("Weights", need: 4, \.nonzeroParameters, \.asCount),
      line("Memory", need: 2, \.peakActivationBytes, \.asBytes),
      accuracy(state, look: look),
      progress(state),
      ResultLine(
        label: "Trend", need: 5,
        content: .trend(state.trend, state.trend.count < 2 ? "later results" : "last results")),
    ]
  }

  private static func quantity(
    _ label: String, need: Int, _ values: (before: Int, after: Int)?, _ text: (Int) -> String, isStale: Bool,
    look: Look
  ) -> ResultLine {
    let theme = look.theme
    guard let values else {
      return ResultLine(
        label: label, need: need,
        content: .comparison(
          before: "–", after: Entry(text: "not known", style: theme.faint),
          change: Entry(text: "", style: theme.faint)))
    }
    var change = Entry(text: "=", style: theme.faint)
    if values.after < values.before {
      let factor = values.after > 0 ? (Double(values.before) / Double(values.after)).asFactor : "∞"
      change = Entry(text: "\(look.glyphs.down) \(factor)×", style: theme.improved)
    } else if values.after > values.before {
      let factor = values.before > 0 ? (Double(values.after) / Double(values.before)).asFactor : "∞"
      change = Entry(text: "\(look.glyphs.up) \(factor)×", style: theme.worsened)
    }
    if isStale { change = Entry(text: "stale", style: theme.outdated) }
    return ResultLine(
      label: label, need: need,
      content: .comparison(
        before: text(values.before),
        after: Entry(text: text(values.after), style: isStale ? theme.outdated : theme.strong), change: change
      ))
  }

  private static func accuracy(_ state: State, look: Look) -> ResultLine {
    let theme = look.theme
    let reference = state.reference.evaluation
    let before = reference.map { $0.accuracy.asPercent + " %" } ?? "–"
    let measurement = state.measurement
    guard let now = measurement.evaluation else {
      let text =
        switch state.data {
        case .loading: "loading"
        case .ready: measurement.failure == nil ? "measuring" : "failed"
        case .none, .failed: "no data"
        }
      return ResultLine(
        label: "Accuracy", need: 10,
        content: .comparison(
          before: before, after: Entry(text: text, style: theme.faint),
          change: Entry(text: "", style: theme.faint)))
    }
    var text = now.accuracy.asPercent + " %"
    if !now.isExact {
      let interval = now.interval
      let half = (interval.upperBound - interval.lowerBound) / 2
      text = now.accuracy.asPercent + (look.glyphs.isUnicode ? " ±" : " +-") + half.asPercent
    }
    guard !measurement.isStale else {
      return ResultLine(
        label: "Accuracy", need: 10,
        content: .comparison(
          before: before, after: Entry(text: text, style: theme.outdated),
          change: Entry(text: "stale", style: theme.outdated)))
    }
    var change = Entry(text: "", style: theme.faint)
    if let reference {
      let points = ((now.accuracy - reference.accuracy) * 100).text(decimals: 2)
      if points == "0.00" {
        change = Entry(text: "=", style: theme.faint)
      } else if points.hasPrefix("-") {
        change = Entry(text: "\(look.glyphs.down) \(points.dropFirst())", style: theme.worsened)
      } else {
        change = Entry(text: "\(look.glyphs.up) \(points)", style: theme.improved)
      }
    }
    return ResultLine(
      label: "Accuracy", need: 10,
      content: .comparison(before: before, after: Entry(text: text, style: theme.strong), change: change))
  }

  private static func progress(_ state: State) -> ResultLine {
    let label = "Samples"
    guard let now = state.measurement.evaluation, !state.measurement.isStale else {
      let total = if case .ready(_, let samples) = state.data { samples.grouped } else { "–" }
      return ResultLine(label: label, need: 6, content: .progress(0, "0 of \(total)"))
    }
    let fraction = now.total > 0 ? Double(now.samples) / Double(now.total) : 0
    let text = now.isExact ? "all \(now.total.grouped)" : "\(now.samples.grouped) of \(now.total.grouped)"
    return ResultLine(label: label, need: 6, content: .progress(fraction, text))
  }
}
