import Terminal

/// The snapshots that there are, and what each came to.
struct SnapshotsOverlay: Widget {
  let state: State
  let list: SnapshotList

  init(_ state: State, _ list: SnapshotList) {
    self.state = state
    self.list = list
  }

  private static func dialog(_ count: Int) -> Dialog {
    Dialog(
      "Snapshots", content: Size(columns: 86, rows: count == 0 ? 3 : count + 2),
      footer: count == 0 ? "Esc closes" : "⏎ restore  m compare  n rename  d delete  Esc close")
  }

  static func visibleRows(_ count: Int, in size: Size) -> Int {
    max(0, dialog(count).content(in: Rect(size)).height - 2)
  }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    let dialog = Self.dialog(state.snapshots.count)
    dialog.draw(in: rect, on: &buffer, look: look)
    let content = dialog.content(in: rect)
    guard !state.snapshots.isEmpty else {
      let text = "There are none yet. s keeps the present settings under a name."
      buffer.write(text, in: content.row(1), .center, style: theme.text, ellipsis: look.glyphs.ellipsis)
      return
    }
    let table = Table(columns, rows: rows(look), selected: list.selected, offset: list.offset, gap: 2)
    let place = Rect(x: content.x, y: content.y, width: content.width, height: content.height - 1)
    table.draw(in: place, on: &buffer, look: look)
    if let field = list.renaming, let line = table.place(ofRow: list.selected, in: place) {
      let name = table.places(in: place)[1]
      let cell = Rect(x: name.x, y: line.y, width: name.width, height: 1)
      buffer.clear(cell)
      buffer.draw(field, in: cell, look: look)
    }
    let last = content.row(content.height - 1)
    buffer.write(
      "Changes are against the \(state.reference.name).", in: last, style: theme.faint,
      ellipsis: look.glyphs.ellipsis)
  }

  private var columns: [Table.Column] {
    [
      Table.Column("", .fixed(1, need: 3)),
      Table.Column("name", .flexible(minimum: 12, need: 5)),
      Table.Column("size", .fixed(8, need: 4), .trailing),
      Table.Column("", .fixed(7, need: 2), .trailing),
      Table.Column("MACs", .fixed(7, need: 1), .trailing),
      Table.Column(state.shortHeadline, .fixed(8, need: 4), .trailing),
      Table.Column("change", .fixed(7, need: 3), .trailing),
    ]
  }

  private func rows(_ look: Look) -> [[Table.Entry]] {
    let reference = state.reference
    return state.snapshots.map { listed in
      let snapshot = listed.snapshot
      let factor = listed.cost.flatMap { cost in
        cost.sizeBytes > 0 ? Double(reference.cost.sizeBytes) / Double(cost.sizeBytes) : nil
      }
      let evaluation = snapshot.evaluation
      let accuracy = evaluation.map { ($0.isExact ? "" : "~") + $0.score.asPercent + " %" } ?? "–"
      return [
        Table.Entry(snapshot.name == state.marked ? String(look.glyphs.dot) : ""),
        Table.Entry(snapshot.name),
        Table.Entry(listed.cost?.sizeBytes.asBytes ?? "–"),
        Table.Entry(factor.map { $0 == 1 ? "=" : $0.asFactor + "×" } ?? "–"),
        Table.Entry(listed.cost?.macs.asCount ?? "–"),
        Table.Entry(accuracy),
        Change(evaluation, from: reference.evaluation, look: look).entry,
      ]
    }
  }
}
