import Compression
import Terminal
import Workbench

/// What keys do while nothing lies over the screen.
extension State {
  mutating func take(_ key: Key, at now: Instant) -> [Effect] {
    if key == .control("c") {
      isDone = true
      return []
    }
    if key == .control("l") { return [.repaint] }
    if ScreenLayout.isTooSmall(size) {
      isDone = key == .character("q")
      return []
    }
    message = nil
    if overlay != nil { return takeInOverlay(key, at: now) }
    if let move = SliderMove(key) {
      return self.move(focus, to: focus.column.scale.moved(tick(focus), by: move), at: now)
    }
    switch key.code {
    case .up: return focusRow(focus.row.index - 1)
    case .down: return focusRow(focus.row.index + 1)
    case .pageUp: return focusRow(focus.row.index - pageLength)
    case .pageDown: return focusRow(focus.row.index + pageLength)
    case .tab: focusColumn(focus.column.next(key.modifiers.contains(.shift) ? -1 : 1))
    case .backTab: focusColumn(focus.column.next(-1))
    case .enter: overlay = .entry(TextField(placeholder: currentText))
    case .backspace, .delete: return resetSlider(at: now)
    case .function(1): overlay = .help(offset: 0)
    case .character(let character) where key.modifiers.isDisjoint(with: [.control, .alt]):
      return take(character, at: now)
    case .character("r") where key.modifiers == .control: return redo()
    default: break
    }
    return []
  }

  private mutating func take(_ character: Character, at now: Instant) -> [Effect] {
    switch character {
    case "0"..."9", ".", "+", "-", "=":
      overlay = .entry(TextField(String(character), placeholder: currentText))
    case "k": return focusRow(focus.row.index - 1)
    case "j": return focusRow(focus.row.index + 1)
    case "p": focusColumn(.prune)
    case "w": focusColumn(.weights)
    case "a": focusColumn(.activations)
    case "c": return cycleUnit(at: now)
    case "n": return cycleCriterion(at: now)
    case "o": return toggleScope(at: now)
    case "g": return toggleGranularity(at: now)
    case "z": return toggleScheme(at: now)
    case "b": return cycleRounding(at: now)
    case "r": return resetRow(at: now)
    case "u": return undo()
    case "U": return redo()
    case "s": return saveSnapshot()
    case "S": overlay = .snapshots(SnapshotList(selected: max(0, snapshots.count - 1)))
    case "m": toggleComparison()
    case "i": cycleSize()
    case "v": overlay = .sensitivity(SensitivityView(column: focus.column))
    case "e":
      overlay = .export(
        ExportForm(model: exportName + "-pared.onnx", recipe: exportName + "-pared.json"))
    case "t": openThemes()
    case "d": overlay = .distilling
    case "R": overlay = .modelSwitches(.meanBias)
    case "M":
      isMouseOn.toggle()
      message = .note(
        isMouseOn
          ? "The mouse moves sliders; hold Shift to select text." : "The mouse selects text; M gives it back."
      )
      return [.setMouse(isMouseOn)]
    case "?": overlay = .help(offset: 0)
    case "q": isDone = true
    default: break
    }
    return []
  }

  /// The value of the focused slider, as the field for an exact one shows it.
  private var currentText: String {
    focus.row.layer.map { settings.layers[$0].text(focus.column) } ?? focus.column.scale.text(at: tick(focus))
  }

  private var pageLength: Int { max(1, LayersView.visibleRows(in: ScreenLayout(self).layers) - 1) }

  mutating func focusRow(_ index: Int) -> [Effect] {
    let row = Focus.Row(index: min(max(index, 0), subject.layers.count))
    guard row != focus.row else { return [] }
    focus.row = row
    showFocus()
    if let detail, detail.layer != row.layer { self.detail = nil }
    return [.focus(layer: row.layer)]
  }

  mutating func focusColumn(_ column: Column) { focus.column = column }

  private mutating func resetSlider(at now: Instant) -> [Effect] {
    let column = focus.column
    guard focus.row == .master else { return move(focus, to: column.defaultTick, at: now) }
    message = .note("All layers: \(column.label) back at \(column.text(at: column.defaultTick)).")
    return step("all layers \(column.label) reset", at: now) { $0.level(column, at: column.defaultTick) }
  }

  private mutating func resetRow(at now: Instant) -> [Effect] {
    let row = focus.row
    let name = name(of: row)
    var untouched = Settings(for: subject.layers)
    untouched.trained = settings.trained
    let start = settings.trained == nil ? "original" : "trained model"
    message = .note("\(row == .master ? "All layers" : name): as in the \(start).")
    return step("\(name) reset", at: now) { settings in
      if let layer = row.layer { settings.reset(layer) } else { settings = untouched }
    }
  }
}
