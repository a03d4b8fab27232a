import Compression
import Terminal
import Workbench

/// Changing settings, and going back.
extension State {
  /// Changes the settings; what follows at once on the same slider is the same step of the trail.
  ///
  /// - Parameters:
  ///   - control: what the person has hold of.
  ///   - label: says what was done, from the value before the gesture.
  mutating func change(
    _ control: Gesture.Control, before: String, at now: Instant, label: (_ before: String) -> String,
    _ body: (inout Settings) -> Void
  ) -> [Effect] {
    body(&settings)
    let new = settings.recipe(for: subject.layers)
    remember(new)
    guard new != recipe else { return [] }
    if let current = gesture, current.control == control, control != .other,
      drag != nil || now - current.last < Gesture.pause
    {
      trail.amend(to: new)
      gesture?.last = now
    } else {
      trail.move(to: new)
      gesture = Gesture(control: control, last: now, before: before)
    }
    pendingLabel = label(gesture?.before ?? before)
    return settingsChanged()
  }

  /// Changes the settings in a step of its own.
  mutating func step(_ label: String, at now: Instant, _ body: (inout Settings) -> Void) -> [Effect] {
    change(.other, before: "", at: now, label: { _ in label }, body)
  }

  /// Moves the focused slider, or any other.
  mutating func move(_ focus: Focus, to tick: Int, at now: Instant) -> [Effect] {
    let column = focus.column
    let name = name(of: focus.row)
    let effects = change(
      .slider(focus), before: column.text(at: self.tick(focus)), at: now,
      label: { "\(name) \(column.label) \($0) → \(column.text(at: tick))" },
      { settings in
        if let layer = focus.row.layer {
          settings.move(layer, column, to: tick)
        } else {
          settings.moveMaster(column, to: tick)
        }
      })
    if !effects.isEmpty { predict(focus) }
    return effects
  }

  /// Says what the score will be, from other places of the slider that was moved.
  private mutating func predict(_ focus: Focus) {
    let known = KnownTrack(self, at: focus).accuracies.map { (position: Double($0), score: $1) }
    let bounds = task == .regression ? -Double.infinity...1 : 0...1
    measurement.prediction = Prediction.score(at: Double(tick(focus)), known: known, in: bounds)
  }

  /// Changes what has no slider, on a layer or on all.
  mutating func change(
    _ row: Focus.Row, _ label: String, at now: Instant, _ body: (inout LayerSettings) -> Void
  ) -> [Effect] {
    let name = name(of: row)
    message = .note("\(name): \(label).".capitalizedStart)
    // The list of moves has no room for explanations.
    let short = label.prefix { $0 != ":" && $0 != "," }
    return step("\(name) \(short)", at: now) { settings in
      for layer in row.layer.map({ [$0] }) ?? Array(settings.layers.indices) {
        settings.change(layer, body)
      }
    }
  }

  mutating func undo() -> [Effect] {
    retrace(by: -1, { $0.undo() }, nothing: "There is nothing to undo.")
  }

  mutating func redo() -> [Effect] {
    retrace(by: 1, { $0.redo() }, nothing: "There is nothing to redo.")
  }

  private mutating func retrace(by direction: Int, _ step: (inout Trail) -> Bool, nothing: String) -> [Effect]
  {
    let old = recipe
    gesture = nil
    // A gesture that came back to where it began has left the same recipe twice.
    while step(&trail) {
      guard recipe != old else { continue }
      let focusing = restoreSettings()
      let later = trail.recipes.count - 1 - trail.position
      let what = direction < 0 ? "Undone" : "Redone"
      message = .note("\(what): \(trail.position) to undo, \(later) to redo.")
      pendingLabel = direction < 0 ? "undo" : "redo"
      return focusing + settingsChanged()
    }
    message = .note(nothing)
    return []
  }

  /// Makes a recipe the current one, as one step.
  mutating func adopt(_ recipe: Recipe, label: String) -> [Effect] {
    gesture = nil
    guard recipe != self.recipe else { return [] }
    trail.move(to: recipe)
    let focusing = restoreSettings()
    pendingLabel = label
    return focusing + settingsChanged()
  }

  /// Keeps the settings of a recipe for as long as one can come back to it.
  private mutating func remember(_ recipe: Recipe) {
    if remembered.count > 2 * Trail.limit + Self.moveLimit {
      let reachable = Set(trail.recipes).union(moves.map(\.recipe))
      remembered = remembered.filter { reachable.contains($0.key) }
    }
    remembered[recipe] = settings
  }

  /// - Returns: where the focus is, if it is on layers of another model now.
  private mutating func restoreSettings() -> [Effect] {
    var effects: [Effect] = []
    if recipe.trained != settings.trained {
      subject = recipe.trained.flatMap(original.trained) ?? original
      // Layers may be fewer, or more, than those of the costs so far.
      cost = subject.baseline
      if let layer = focus.row.layer, layer >= subject.layers.count { focus = Focus(.master, focus.column) }
      detail = nil
      showFocus()
      effects = [.focus(layer: focus.row.layer)]
    }
    settings = remembered[recipe] ?? Settings(recipe, for: subject.layers)
    return effects
  }

  /// The old numbers are stale, and new ones wanted.
  private mutating func settingsChanged() -> [Effect] {
    generation += 1
    costFailure = nil
    // What is going on for the old ones is dropped.
    requestedSizes = []
    measurement.isStale = true
    measurement.prediction = nil
    measurement.failure = evaluationFailure
    if case .ready = data { measurement.isRunning = evaluationFailure == nil }
    return [
      .estimate(generation: generation, recipe), .apply(generation: generation, recipe), .record(trail),
    ]
  }
}

extension String {
  /// A sentence's first letter; names of layers are not sentences and stay as they are.
  fileprivate var capitalizedStart: String { hasPrefix("all layers") ? "A" + dropFirst() : self }
}
