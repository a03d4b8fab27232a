import Terminal

/// What the mouse does: a press focuses and takes hold, a drag keeps what it took hold of, the wheel moves the
/// focused slider and no other.
extension State {
  mutating func take(_ mouse: Mouse, at now: Instant) -> [Effect] {
    guard !ScreenLayout.isTooSmall(size) else { return [] }
    switch mouse.action {
    case .press(.left): return press(mouse.point, at: now)
    case .drag(.left):
      guard let drag else { return [] }
      return slide(drag, to: mouse.point, at: now)
    case .release:
      if drag != nil { gesture = nil }
      drag = nil
    case .wheelUp: return wheel(1, mouse.modifiers, at: now)
    case .wheelDown: return wheel(-1, mouse.modifiers, at: now)
    default: break
    }
    return []
  }

  private mutating func press(_ point: Point, at now: Instant) -> [Effect] {
    message = nil
    drag = nil
    guard overlay == nil else { return [] }
    let layout = ScreenLayout(self)
    if let hint = KeyBar(MainKeys.hints(look.glyphs)).places(in: layout.keys).first(where: {
      $0.rect.contains(point)
    }), let key = MainKeys.key(of: hint.hint) {
      return take(key, at: now)
    }
    let places = LayerPlaces(self, in: layout.layers)
    guard let row = places.row(at: point) else { return [] }
    var effects = focusRow(row.index)
    guard let column = places.column(at: point) else { return effects }
    focus.column = column
    gesture = nil
    drag = focus
    let isOnValue = column == .prune && places.value.xs.contains(point.x)
    if !isOnValue { effects += slide(focus, to: point, at: now) }
    return effects
  }

  /// Only the column of the point counts, so that a drag may leave its row.
  private mutating func slide(_ focus: Focus, to point: Point, at now: Instant) -> [Effect] {
    let places = LayerPlaces(self, in: ScreenLayout(self).layers)
    let tick: Int?
    switch focus.column {
    case .prune: tick = Slider(.amount, at: 0).tick(at: point, in: places.slider)
    case .weights, .activations:
      let cell = places.cell(focus.column == .weights ? places.weights : places.activations, focus.row)
      let slider = SnapSlider(focus.column.scale, at: self.tick(focus))
      // Where only the value is seen there is nothing to point at.
      tick =
        slider.fullWidth <= cell.width
        ? slider.stops(in: cell).first { $0.rect.xs.contains(point.x) }?.tick : nil
    }
    guard let tick, tick != self.tick(focus) else { return [] }
    return move(focus, to: tick, at: now)
  }

  private mutating func wheel(_ steps: Int, _ modifiers: Key.Modifiers, at now: Instant) -> [Effect] {
    message = nil
    guard overlay == nil else {
      if case .entry = overlay { return [] }
      return takeInOverlay(Key(steps > 0 ? .up : .down), at: now)
    }
    let move: SliderMove = modifiers.contains(.control) ? .fine(steps) : .step(steps)
    return self.move(focus, to: focus.column.scale.moved(tick(focus), by: move), at: now)
  }
}
