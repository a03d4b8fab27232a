import Terminal

/// What keys do while something lies over the screen.
extension State {
  mutating func takeInOverlay(_ key: Key, at now: Instant) -> [Effect] {
    switch overlay {
    case .entry(let field): return take(key, in: field, at: now)
    case .help(let offset): return take(key, inHelpAt: offset)
    case .snapshots(let list): return take(key, in: list)
    case .export(let form): return take(key, in: form)
    case .themes(let picker): return take(key, in: picker)
    case .modelSwitches(let selected): return take(key, at: selected, now)
    case .sensitivity(let view): return take(key, in: view)
    case .distilling: return takeInDistilling(key, at: now)
    case nil: return []
    }
  }

  private mutating func take(_ key: Key, in field: TextField, at now: Instant) -> [Effect] {
    var field = field
    switch key.code {
    case .escape: overlay = nil
    case .enter:
      guard !field.text.isEmpty else {
        overlay = nil
        return []
      }
      do {
        let tick = try focus.column.scale.tick(typed: field.text, from: tick(focus))
        overlay = nil
        gesture = nil
        return move(focus, to: tick, at: now)
      } catch {
        message = .failure("\(error)")
      }
    case .backspace where field.text.isEmpty: overlay = nil
    default:
      _ = field.handle(key)
      overlay = .entry(field)
    }
    return []
  }

  private mutating func take(_ key: Key, inHelpAt offset: Int) -> [Effect] {
    let last = HelpOverlay.lastOffset(in: size)
    func scroll(_ steps: Int) -> Overlay { .help(offset: min(max(offset + steps, 0), last)) }
    switch key.code {
    case .up, .character("k"): overlay = scroll(-1)
    case .down, .character("j"): overlay = scroll(1)
    case .pageUp: overlay = scroll(-10)
    case .pageDown, .character(" "): overlay = scroll(10)
    case .home: overlay = .help(offset: 0)
    case .end: overlay = .help(offset: last)
    default: overlay = nil
    }
    return []
  }

  private mutating func take(_ key: Key, in view: SensitivityView) -> [Effect] {
    var view = view
    let last = max(0, subject.layers.count - SensitivityOverlay.visibleRows(self, view))
    switch key.code {
    case .up, .character("k"): view.offset -= 1
    case .down, .character("j"): view.offset += 1
    case .pageUp: view.offset -= 10
    case .pageDown, .character(" "): view.offset += 10
    case .tab: view.column = view.column.next(1)
    case .backTab: view.column = view.column.next(-1)
    default:
      overlay = nil
      return []
    }
    view.offset = min(max(view.offset, 0), last)
    overlay = .sensitivity(view)
    return []
  }

  private mutating func take(_ key: Key, in form: ExportForm) -> [Effect] {
    var form = form
    defer {
      if case .export = overlay { overlay = .export(form) }
    }
    guard !form.isWriting else {
      if key.code == .escape { overlay = nil }
      return []
    }
    form.failure = nil
    if !form.existing.isEmpty {
      form.existing = []
      guard key == .character("y") || key == .character("Y") else { return [] }
      return write(&form, overwrite: true)
    }
    switch key.code {
    case .escape: overlay = nil
    case .tab, .backTab, .up, .down: form.field = form.field == .model ? .recipe : .model
    case .enter:
      guard !(form.model.text.isEmpty && form.recipe.text.isEmpty) else {
        form.failure = "Both paths are empty: there is nothing to write."
        return []
      }
      return write(&form, overwrite: false)
    default: _ = form[form.field].handle(key)
    }
    return []
  }

  private mutating func write(_ form: inout ExportForm, overwrite: Bool) -> [Effect] {
    form.isWriting = true
    if form.isTrained {
      return [.exportTrained(model: form.model.text, recipe: form.recipe.text, overwrite: overwrite)]
    }
    return [.export(model: form.model.text, recipe: form.recipe.text, recipe, overwrite: overwrite)]
  }

  mutating func openThemes() {
    guard !themeNames.isEmpty else {
      message = .failure("there are no theme files to choose from")
      return
    }
    let selected = themeNames.firstIndex(of: look.theme.name) ?? 0
    overlay = .themes(
      ThemePicker(names: themeNames, selected: selected, offset: selected, original: look.theme))
    fitThemes()
  }

  private mutating func fitThemes() {
    guard case .themes(var picker) = overlay else { return }
    let visible = ThemesOverlay.visibleRows(picker.names.count, in: size)
    picker.offset = Table.offset(
      picker.offset, showing: picker.selected, of: picker.names.count, visible: visible)
    overlay = .themes(picker)
  }

  private mutating func take(_ key: Key, in picker: ThemePicker) -> [Effect] {
    var picker = picker
    let old = picker.selected
    switch key.code {
    case .up, .character("k"): picker.selected -= 1
    case .down, .character("j"): picker.selected += 1
    case .pageUp: picker.selected -= 8
    case .pageDown: picker.selected += 8
    case .home: picker.selected = 0
    case .end: picker.selected = picker.names.count - 1
    case .enter, .character("t"):
      overlay = nil
      message = .note("Theme \(look.theme.name), now and the next time.")
      return [.keepTheme(look.theme.name)]
    case .escape, .character("q"):
      look = Look(theme: picker.original, glyphs: look.glyphs, depth: look.depth)
      overlay = nil
      return []
    default: return []
    }
    picker.selected = min(max(picker.selected, 0), picker.names.count - 1)
    overlay = .themes(picker)
    fitThemes()
    return picker.selected == old ? [] : [.loadTheme(picker.names[picker.selected])]
  }

  private mutating func take(_ key: Key, at selected: ModelSwitch, _ now: Instant) -> [Effect] {
    func next(_ steps: Int) -> Overlay {
      let last = ModelSwitch.allCases.count - 1
      return .modelSwitches(ModelSwitch(rawValue: min(max(selected.rawValue + steps, 0), last)) ?? selected)
    }
    switch key.code {
    case .up, .character("k"): overlay = next(-1)
    case .down, .character("j"): overlay = next(1)
    case .character(" "), .enter:
      var next = settings
      next.toggle(selected)
      let name = selected.title.lowercased()
      let label =
        selected == .mode
        ? next.mode.map { "quantized as \($0.rawValue) does" } ?? "quantized as no tool does"
        : "\(name) \(next.isOn(selected) ? "on" : "off")"
      return step(label, at: now) { $0.toggle(selected) }
    case .escape, .character("q"), .character("R"): overlay = nil
    default: break
    }
    return []
  }
}
