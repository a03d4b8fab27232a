import Compression
import Terminal
import Workbench

/// One line of the result.
struct ResultLine {
  struct Entry {
    var text: String
    var style: Style
    /// Said instead where there is no room for all of it.
    var short: String?
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
  /// Of less weight than the others.
  var isSecondary = false

  static func all(_ state: State, look: Look) -> [ResultLine] {
    let before = state.reference.cost
    let after = state.cost
    let isStale = state.costFailure != nil
    func line(
      _ label: String, need: Int, _ value: (CostReport) -> Int, _ text: (Int) -> String,
      isMinor: Bool = false,
      isAlwaysKnown: Bool = false
    ) -> ResultLine {
      let values = isAlwaysKnown || after.isComplete ? (value(before), value(after)) : nil
      var line = quantity(label, need: need, values, text, isStale: isStale, look: look)
      line.isSecondary = isMinor
      return line
    }
    return [
      state.sizeKind == .dense
        ? line("Size", need: 9, \.sizeBytes, \.asBytes, isAlwaysKnown: true) : size(state, look: look),
      line("MACs", need: 8, \.macs, \.asCount),
      score(state, look: look),
    ] + (perplexity(state, look: look).map { [$0] } ?? []) + [
      progress(state),
      step(state, look: look),
      ResultLine(label: "Trend", need: 5, content: .trend(state.trend, trend(state))),
      line("Non-zero", need: 4, \.nonzeroParameters, \.asCount, isMinor: true, isAlwaysKnown: true),
      line("Weights", need: 1, \.parameters, \.asCount, isMinor: true, isAlwaysKnown: true),
      line("Eff. MACs", need: 3, \.effectiveMacs, \.asCount, isMinor: true),
      line("Memory", need: 2, \.peakActivationBytes, \.asBytes, isMinor: true),
      cache(state, look: look),
    ]
  }

  /// A size that has to be encoded or compressed to be known.
  private static func size(_ state: State, look: Look) -> ResultLine {
    let kind = state.sizeKind
    let before = state.sizes[state.referenceRecipe].flatMap { $0 }.map { kind.reference($0) }
    let isStale = state.costFailure != nil
    let sizes = state.sizes[state.recipe]
    if let before, let sizes, let after = sizes.flatMap({ kind.bytes($0) }) {
      return quantity(kind.label, need: 9, (before, after), \.asBytes, isStale: isStale, look: look)
    }
    let text =
      switch sizes {
      case nil: isStale ? "not known" : "counting"
      case .some(nil): "not known"
      case .some(let sizes?): kind.bytes(sizes)?.asBytes ?? "no integers"
      }
    return ResultLine(
      label: kind.label, need: 9,
      content: .comparison(
        before: before?.asBytes ?? "–", after: Entry(text: text, style: look.theme.faint),
        change: Entry(text: "", style: look.theme.faint)))
  }

  private static func trend(_ state: State) -> String {
    switch state.trend.count {
    case 0: ""
    case 1: "1 result"
    default: "\(state.trend.count) results"
    }
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
      change = Entry(
        text: "\(look.glyphs.down) \(ratio(values.before, values.after, of: values.before))",
        style: theme.improved)
    } else if values.after > values.before {
      change = Entry(
        text: "\(look.glyphs.up) \(ratio(values.after, values.before, of: values.before))",
        style: theme.worsened)
    }
    if isStale { change = Entry(text: "stale", style: theme.outdated) }
    return ResultLine(
      label: label, need: need,
      content: .comparison(
        before: text(values.before),
        after: Entry(text: text(values.after), style: isStale ? theme.outdated : theme.strong), change: change
      ))
  }

  /// How many times the smaller one the greater is, or by how much of the first they differ where that is little.
  private static func ratio(_ greater: Int, _ smaller: Int, of first: Int) -> String {
    guard smaller > 0 else { return "∞×" }
    let factor = Double(greater) / Double(smaller)
    guard factor < 1.0095 else { return factor.asFactor + "×" }
    let share = Double(greater - smaller) / Double(first)
    return share < 0.0005 ? "<0.1%" : (100 * share).text(decimals: 1) + " %"
  }

  private static func score(_ state: State, look: Look) -> ResultLine {
    let theme = look.theme
    let name = state.task == .nextToken ? state.shortHeadline : state.headline
    let label = name.prefix(1).uppercased() + name.dropFirst()
    let reference = state.reference.evaluation
    let before = reference.map { $0.score.asPercent + " %" } ?? "–"
    let measurement = state.measurement
    guard let now = measurement.evaluation else {
      let text =
        switch state.data {
        case .loading: "loading"
        case .ready: measurement.failure == nil ? "measuring" : "failed"
        case .failed: "no data"
        }
      return ResultLine(
        label: label, need: 10,
        content: .comparison(
          before: before, after: Entry(text: text, style: theme.faint),
          change: Entry(text: "", style: theme.faint)))
    }
    var text = now.score.asPercent + " %"
    var short: String?
    let half = (now.interval.upperBound - now.interval.lowerBound) / 2
    if !now.isExact && half > 0 {
      let sign = look.glyphs.isUnicode ? " ±" : " +-"
      text = now.score.asPercent + sign + half.asPercent
      short = (100 * now.score).text(decimals: 1) + sign + (100 * half).text(decimals: 1)
    }
    guard !measurement.isStale else {
      let likely = measurement.prediction.map { "~" + $0.asPercent + " %" }
      return ResultLine(
        label: label, need: 10,
        content: .comparison(
          before: before,
          after: likely.map { Entry(text: $0, style: theme.outdated) }
            ?? Entry(text: text, style: theme.outdated, short: short),
          change: Entry(text: likely == nil ? "stale" : "likely", style: theme.outdated)))
    }
    var change = Entry(text: "", style: theme.faint)
    if let reference {
      change = difference(
        100 * (now.score - reference.score), up: theme.improved, down: theme.worsened, look: look)
    }
    return ResultLine(
      label: label, need: 10,
      content: .comparison(
        before: before, after: Entry(text: text, style: theme.strong, short: short), change: change))
  }

  /// More or less than before, to two decimals.
  ///
  /// - Parameter rise: how much more is written, where that may be a lot.
  private static func difference(
    _ value: Double, up: Style, down: Style, look: Look,
    _ rise: (Double) -> String = { $0.text(decimals: 2) }
  ) -> Entry {
    let text = value.text(decimals: 2)
    if text == "0.00" { return Entry(text: "=", style: look.theme.faint) }
    if text.hasPrefix("-") { return Entry(text: "\(look.glyphs.down) \(text.dropFirst())", style: down) }
    return Entry(text: "\(look.glyphs.up) \(rise(value))", style: up)
  }

  /// e to the mean cross-entropy of a token: nil for what is judged otherwise. Less is better.
  private static func perplexity(_ state: State, look: Look) -> ResultLine? {
    func value(_ evaluation: Evaluation?) -> Double? {
      evaluation?.figures.first { $0.key == "perplexity" }?.value
    }
    guard let now = value(state.measurement.evaluation) else { return nil }
    let theme = look.theme
    let before = value(state.reference.evaluation)
    let isStale = state.measurement.isStale
    var change = Entry(text: "", style: theme.faint)
    if isStale {
      change = Entry(text: "stale", style: theme.outdated)
    } else if let before {
      change = difference(now - before, up: theme.worsened, down: theme.improved, look: look, \.asPerplexity)
    }
    return ResultLine(
      label: "Perplexity", need: 7,
      content: .comparison(
        before: before?.asPerplexity ?? "–",
        after: Entry(text: now.asPerplexity, style: isStale ? theme.outdated : theme.strong), change: change))
  }

  /// By how much the score differs from the setting before, which is known long before either.
  private static func step(_ state: State, look: Look) -> ResultLine {
    var text = "–"
    if let change = state.measurement.evaluation?.step, !state.measurement.isStale {
      let points = (change.difference * 100).text(decimals: 2)
      text = points.hasPrefix("-") || points == "0.00" ? points : "+" + points
      let half = change.halfWidth
      if half > 0 { text += (look.glyphs.isUnicode ? " ±" : " +-") + (half * 100).text(decimals: 2) }
      text += " since the last one"
    }
    return ResultLine(label: "Step", need: 5, content: .progress(1, text))
  }

  /// What is kept so that the next move need not be computed from the start.
  private static func cache(_ state: State, look: Look) -> ResultLine {
    let text = state.cache.map { "\($0.bytes.asBytes) of \($0.budget.asBytes)" } ?? "–"
    return ResultLine(label: "Cache", need: 0, content: .progress(1, text), isSecondary: true)
  }

  private static func progress(_ state: State) -> ResultLine {
    let label = "Samples"
    guard let now = state.measurement.evaluation, !state.measurement.isStale else {
      guard case .ready(_, let samples) = state.data else {
        return ResultLine(label: label, need: 6, content: .progress(1, "–"))
      }
      return ResultLine(label: label, need: 6, content: .progress(0, "0 of \(samples.grouped)"))
    }
    let fraction = now.total > 0 ? Double(now.samples) / Double(now.total) : 0
    let text =
      now.isExact ? "all \(now.total.grouped), exact" : "\(now.samples.grouped) of \(now.total.grouped)"
    return ResultLine(label: label, need: 6, content: .progress(fraction, text))
  }
}
