import Terminal

/// Where the columns and rows of the mixer are: for drawing it, and for the mouse.
struct LayerPlaces {
  let inside: Rect
  let offset: Int
  let count: Int
  /// Columns, at the full height of the pane; one without room is empty.
  let cursor: Rect
  let name: Rect
  let shape: Rect
  let slider: Rect
  let value: Rect
  /// A dot where a layer differs from the master.
  let mark: Rect
  let weights: Rect
  let activations: Rect
  let unit: Rect
  let share: Rect
  let macs: Rect

  init(_ state: State, in rect: Rect) {
    inside = Box.inside(rect)
    offset = state.offset
    count = state.subject.layers.count
    let layers = state.subject.layers
    let longestName = min(28, max(5, layers.map { $0.name.columns }.max() ?? 0))
    let longestShape = min(16, max(5, layers.map { "\($0.shape)".columns }.max() ?? 0))
    let bits = SnapSlider(Column.bits, at: 0).fullWidth
    // The roomy form has every width in sight, and words for what is pruned.
    let isWide = inside.width >= 58 + longestName + longestShape + 2 * bits
    let bitsWidth = isWide ? bits : 4
    let parts: [Part] = [
      .fixed(1, need: 10),
      .flexible(1, minimum: min(longestName, 12), maximum: longestName, need: 9),
      .fixed(longestShape, need: 3),
      .flexible(4, minimum: 10, maximum: 60, need: 8),
      .fixed(7, need: 9),
      .fixed(1, need: 6),
      .fixed(bitsWidth, need: 9),
      .fixed(bitsWidth, need: 9),
      .fixed(isWide ? 20 : 2, need: 5),
      .fixed(6, need: 4),
      .fixed(6, need: isWide ? 2 : 1),
    ]
    let room = Rect(x: inside.x + 1, y: inside.y, width: inside.width - 2, height: inside.height)
    let places = room.columns(parts, gap: 1)
    (cursor, name, shape, slider, value) = (places[0], places[1], places[2], places[3], places[4])
    (mark, weights, activations, unit) = (places[5], places[6], places[7], places[8])
    (share, macs) = (places[9], places[10])
  }

  var visibleRows: Int { max(0, inside.height - 1) }

  /// The cell of the line of titles.
  func titles(_ column: Rect) -> Rect { column.row(0) }

  /// Empty where the row is scrolled away.
  func cell(_ column: Rect, _ row: Focus.Row) -> Rect {
    let line = row.index - offset
    return line >= 0 && line < visibleRows ? column.row(line + 1) : .empty
  }

  /// The row at a point.
  func row(at point: Point) -> Focus.Row? {
    guard inside.contains(point), point.y > inside.y else { return nil }
    let index = point.y - inside.y - 1 + offset
    return index <= count ? Focus.Row(index: index) : nil
  }

  /// The slider at a point; its number stands for it too.
  func column(at point: Point) -> Column? {
    let parts: [(Column, [Rect])] = [
      (.prune, [slider, value]), (.weights, [weights]), (.activations, [activations]),
    ]
    return parts.first { $0.1.contains { $0.xs.contains(point.x) } }?.0
  }
}
