import Compression
import Terminal

/// The mixer: a row for all layers at once, then one a layer, each with three sliders.
struct LayersView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let count = state.subject.layers.count
    let places = LayerPlaces(state, in: rect)
    let last = min(count + 1, state.offset + places.visibleRows)
    let isCut = places.visibleRows < count + 1
    let note =
      isCut ? "\(state.offset + 1)–\(last) of \(count + 1)" : count == 1 ? "1 layer" : "\(count) layers"
    Box(
      "Layers", note: note, footer: state.settings.switchedOn, frame: .layers,
      isFocused: state.overlay == nil
    ).draw(in: rect, on: &buffer, look: look)
    drawTitles(places, on: &buffer, look: look)
    for index in state.offset..<max(state.offset, last) {
      LayerRow(state, Focus.Row(index: index), places).draw(on: &buffer, look: look)
    }
  }

  private func drawTitles(_ places: LayerPlaces, on buffer: inout Buffer, look: Look) {
    func title(_ text: String, _ column: Rect, _ alignment: Alignment = .leading, focus: Column? = nil) {
      let style = focus == state.focus.column ? look.theme.key : look.theme.faint
      buffer.write(text, in: column, alignment, style: style, ellipsis: look.glyphs.ellipsis)
    }
    let line = places.titles(_:)
    title("layer", line(places.name))
    title("shape", line(places.shape))
    title("prune", line(places.slider), focus: .prune)
    let isWide = places.weights.width > 8
    title(isWide ? "weight bits" : "W", line(places.weights), isWide ? .leading : .center, focus: .weights)
    title(
      isWide ? "activation bits" : "A", line(places.activations), isWide ? .leading : .center,
      focus: .activations)
    if places.unit.width > 2 {
      title("prunes", line(places.unit))
    }
    title("share", line(places.share), .trailing)
    title("MACs", line(places.macs), .trailing)
  }

  /// How many rows a pane shows.
  static func visibleRows(in rect: Rect) -> Int { max(0, Box.inside(rect).height - 1) }

  /// The offset nearest to `offset` at which row `index` can be seen.
  static func offset(_ offset: Int, showing index: Int, of count: Int, in rect: Rect) -> Int {
    Table.offset(offset, showing: index, of: count, visible: visibleRows(in: rect))
  }
}

/// One row of the mixer.
private struct LayerRow {
  let state: State
  let row: Focus.Row
  let places: LayerPlaces

  init(_ state: State, _ row: Focus.Row, _ places: LayerPlaces) {
    self.state = state
    self.row = row
    self.places = places
  }

  func draw(on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let isFocused = state.focus.row == row
    func cell(_ column: Rect) -> Rect { places.cell(column, row) }
    if isFocused { buffer.put(look.glyphs.cursor, at: cell(places.cursor).origin, style: theme.key) }
    let name = row.layer.map { state.subject.layers[$0].name } ?? "all"
    let nameStyle = isFocused ? theme.heading : row == .master ? theme.strong : theme.text
    let place = cell(places.name)
    // Names of layers differ at their ends.
    let shown =
      name.columns > place.width ? "\(look.glyphs.ellipsis)" + name.lastColumns(place.width - 1) : name
    buffer.write(shown, in: place, style: nameStyle, ellipsis: look.glyphs.ellipsis)
    drawSlider(on: &buffer, look: look)
    drawBits(.weights, in: cell(places.weights), on: &buffer, look: look)
    drawBits(.activations, in: cell(places.activations), on: &buffer, look: look)
    guard let layer = row.layer else { return }
    let facts = state.subject.layers[layer]
    buffer.write(
      "\(facts.shape)", in: cell(places.shape), style: theme.faint, ellipsis: look.glyphs.ellipsis)
    drawUnit(state.settings.layers[layer], in: cell(places.unit), on: &buffer, look: look)
    buffer.write(
      state.subject.share(of: layer).asShare, in: cell(places.share), .trailing, style: theme.faint)
    let total = state.subject.baseline.macs
    let share = facts.macs.map { total > 0 ? (Double($0) / Double(total)).asShare : "–" } ?? "–"
    buffer.write(share, in: cell(places.macs), .trailing, style: theme.faint)
  }

  private func drawSlider(on buffer: inout Buffer, look: Look) {
    let isFocused = state.focus == Focus(row, .prune)
    let tick = state.tick(Focus(row, .prune))
    let cell = places.cell(places.slider, row)
    let track = Slider.track(in: cell).width
    let colors =
      isFocused && track > 0
      ? KnownTrack(state, at: state.focus).colors(.amount, columns: track, theme: look.theme) : []
    let slider = Slider(
      .amount, at: tick, colors: colors, isFocused: isFocused, isEnabled: !state.subject.layers.isEmpty)
    buffer.draw(slider, in: cell, look: look)
    let text = row.layer.map { state.settings.layers[$0].text(.prune) } ?? Column.prune.scale.text(at: tick)
    let style = isFocused ? look.theme.key : tick == 0 ? look.theme.faint : look.theme.strong
    buffer.write(text, in: places.cell(places.value, row), .trailing, style: style)
    if let layer = row.layer, Column.allCases.contains(where: { state.settings.isOverride(layer, $0) }) {
      buffer.put("•", at: places.cell(places.mark, row).origin, style: Style(look.theme.pareto))
    }
  }

  private func drawBits(_ column: Column, in cell: Rect, on buffer: inout Buffer, look: Look) {
    guard !cell.isEmpty else { return }
    let isFocused = state.focus == Focus(row, column)
    let tick = state.tick(Focus(row, column))
    let slider = SnapSlider(
      column.scale, at: tick, default: column.defaultTick, isFocused: isFocused,
      isEnabled: !state.subject.layers.isEmpty)
    if slider.fullWidth <= cell.width {
      buffer.draw(slider, in: cell, look: look)
      return
    }
    let text = row.layer.map { state.settings.layers[$0].text(column) } ?? column.scale.text(at: tick)
    let style =
      isFocused ? look.theme.key : tick == column.defaultTick ? look.theme.faint : look.theme.strong
    let shown = isFocused ? "\(look.glyphs.stopOpen)\(text)\(look.glyphs.stopClose)" : text
    buffer.write(shown, in: cell, .center, style: style)
  }

  /// In words where there is room, else a letter each: `c` channels, `h` heads, `x` channels or heads out, `b` blocks, `:` a
  /// pattern, `g` the global list.
  private func drawUnit(_ layer: LayerSettings, in cell: Rect, on buffer: inout Buffer, look: Look) {
    let isGlobal = layer.group != nil
    let theme = look.theme
    guard cell.width > 2 else {
      let letter =
        switch layer.unit {
        case .weight: " "
        case .channel(_, remove: true), .head(remove: true): "x"
        case .channel: "c"
        case .head: "h"
        case .block: "b"
        case .pattern: ":"
        }
      buffer.write(letter + (isGlobal ? "g" : ""), in: cell, style: theme.strong)
      return
    }
    let word =
      switch layer.unit {
      case .weight: "weights"
      case .channel(_, let remove): remove ? "removed" : "channels"
      case .head(let remove): remove ? "heads out" : "heads"
      case .block(let rows, let columns): "\(rows)x\(columns)"
      case .pattern(let n, let m): "\(n):\(m)"
      }
    let style = layer.unit != .weight ? theme.text : theme.faint
    let used = buffer.write(word, at: cell.origin, style: style, maxWidth: cell.width)
    if isGlobal {
      buffer.write(
        " global", at: Point(x: cell.x + used, y: cell.y), style: theme.text, maxWidth: cell.width - used)
    }
  }
}

extension String {
  /// The end of the text, in at most `width` columns.
  fileprivate func lastColumns(_ width: Int) -> Substring {
    var start = endIndex
    var used = 0
    while start > startIndex {
      let before = index(before: start)
      used += String(self[before]).columns
      guard used <= width else { break }
      start = before
    }
    return self[start...]
  }
}
