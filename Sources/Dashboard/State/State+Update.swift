import Compression
import Terminal
import Workbench

extension State {
  /// Takes an action, and says what is to be done outside.
  ///
  /// - Parameter now: when it happened; of the clock that gestures are told apart by.
  package mutating func update(_ action: Action, at now: Instant) -> [Effect] {
    react(to: action, at: now) + wantedSizes() + wantedAhead() + wantedTraining()
  }

  private mutating func react(to action: Action, at now: Instant) -> [Effect] {
    switch action {
    case .key(let key): return take(key, at: now)
    case .mouse(let mouse): return take(mouse, at: now)
    case .paste(let text): paste(text)
    case .resize(let size):
      self.size = size
      showFocus()
    case .quit: isDone = true
    case .started: return start()
    case .snapshotsLoaded(let snapshots): self.snapshots = snapshots
    default: return takeResult(action, at: now)
    }
    return []
  }

  private func start() -> [Effect] {
    let first: [Effect] = [.loadSnapshots, .focus(layer: focus.row.layer)]
    guard recipe != .empty else { return first }
    return [
      .estimate(generation: generation, recipe), .apply(generation: generation, recipe), .record(trail),
    ] + first
  }

  private mutating func paste(_ text: String) {
    switch overlay {
    case .entry(var field):
      field.insert(text)
      overlay = .entry(field)
    case .export(var form):
      form[form.field].insert(text)
      overlay = .export(form)
    case .snapshots(var list):
      list.renaming?.insert(text)
      overlay = .snapshots(list)
    case .distilling: distilling.entry?.insert(text)
    default: break
    }
  }

  /// Scrolls the layers so far that the focused row can be seen.
  mutating func showFocus() {
    let place = ScreenLayout(self).layers
    offset = LayersView.offset(offset, showing: focus.row.index, of: subject.layers.count + 1, in: place)
  }
}
