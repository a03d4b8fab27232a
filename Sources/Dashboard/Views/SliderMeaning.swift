import Compression
import Terminal

/// What the focused slider does at its present place, in a sentence for somebody who sees it for the first time.
struct SliderMeaning {
  let state: State

  init(_ state: State) { self.state = state }

  var sentence: String {
    let focus = state.focus
    guard !state.subject.layers.isEmpty else { return "This model has no layers to prune or to quantize." }
    switch focus.column {
    case .prune: return focus.row.layer.map(pruning) ?? masterPruning
    case .weights: return bits(of: "weight", state.tick(focus))
    case .activations: return bits(of: "value that flows in", state.tick(focus))
    }
  }

  /// The ends, and how far keys go.
  func range(_ glyphs: Glyphs) -> String {
    guard state.focus.column == .prune else { return "2 to 8 bits, or 32" }
    return glyphs.isUnicode ? "0 to 100 %   ←→ 1   ⇧ 10   Ctrl 0.1" : "0 to 100 %   h l 1   H L 10"
  }

  private var masterPruning: String {
    if state.settings.layers.allSatisfy({ $0.group != nil }) {
      return "The smallest weights of all layers in one list are set to zero."
    }
    return "Moves all prune sliders together; their differences stay."
  }

  private func pruning(_ layer: Int) -> String {
    let settings = state.settings.layers[layer]
    let ranking = settings.ranking.text(for: settings.unit)
    if case .threshold(let threshold) = settings.exact {
      let what = settings.criterion == nil ? "magnitude" : "score by \(ranking)"
      return "All \(settings.unit.plural) go whose \(what) is \(threshold) or less. Moving sets an amount."
    }
    if settings.group != nil {
      let members = state.settings.companions(of: layer, .prune)
      let total = members.reduce(0) { $0 + units(settings.unit, of: $1) }
      let what = settings.unit == .weight ? "weights" : settings.unit.plural
      let whole = members.count == 1 ? "this layer" : "\(members.count) layers together"
      return
        "\(count(settings, of: total)) of the \(total.grouped) \(what) of \(whole) go, ranked in one list."
    }
    let total = units(settings.unit, of: layer)
    let count = count(settings, of: total)
    let first =
      settings.criterion == nil
      ? settings.unit == .weight ? "the smallest first" : "the smallest \(ranking) norm first"
      : settings.criterion == "random" ? "by chance" : "the lowest by \(ranking) first"
    switch settings.unit {
    case .weight: return "\(count) of \(total.grouped) weights are set to zero, \(first)."
    case .block: return "\(count) of \(total.grouped) \(settings.unit.plural) are set to zero, \(first)."
    case .pattern(let n, let m):
      return "\(count) of the \(total.grouped) weights that \(n):\(m) lets go are set to zero."
    case .channel(_, remove: false), .head(remove: false):
      return "\(count) of \(total.grouped) \(settings.unit.plural) are set to zero, \(first)."
    case .channel(_, remove: true), .head(remove: true):
      return removal(layer, settings, of: total, first: first)
    }
  }

  /// How many there are of what goes as a whole.
  private func units(_ unit: PruningRule.Unit, of layer: Int) -> Int {
    unit.isHead ? state.subject.coupling(layer)?.channels ?? 0 : state.subject.layers[layer].units(unit)
  }

  private func removal(_ layer: Int, _ settings: LayerSettings, of total: Int, first: String) -> String {
    guard let coupling = state.subject.coupling(layer), coupling.obstacle == nil else {
      return
        "\(count(settings, of: total)) of \(total.grouped) \(settings.unit.plural) are taken out, \(first)."
    }
    let count = coupling.removed(.fraction(settings.amount), roundTo: settings.roundTo).grouped
    let others = coupling.layers + coupling.nodes
    if others.isEmpty {
      return
        "\(count) of \(coupling.channels.grouped) \(settings.unit.plural) are taken out, \(first)."
    }
    // The names first: the line may be cut at its end.
    var names = others.prefix(others.count > 4 ? 3 : 4).joined(separator: ", ")
    if others.count > 4 { names += " and \(others.count - 3) more" }
    let verb = others.count == 1 ? "shrinks" : "shrink"
    return
      "Removes \(count) of \(coupling.channels.grouped) \(settings.unit.plural); \(names) \(verb) with it."
  }

  private func count(_ settings: LayerSettings, of total: Int) -> String {
    settings.counting.count(settings.exact ?? .fraction(settings.amount), of: total).grouped
  }

  private func bits(of what: String, _ tick: Int) -> String {
    let scale = Column.bits
    guard tick < scale.lastTick else { return "A \(what) is kept as a float of 32 bits." }
    let bits = Int(scale.value(at: tick))
    return "A \(what) is rounded to \(bits) bits: one of at most \(1 << bits) values."
  }
}
