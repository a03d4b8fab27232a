import Terminal
import Workbench

/// What was done and what it came to, the latest first.
struct MovesView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    Box("Moves", note: "latest first", frame: .detail).draw(in: rect, on: &buffer, look: look)
    let inside = Box.inside(rect).inset(columns: 1)
    let theme = look.theme
    let rows = state.moves.reversed().prefix(max(0, inside.height - 1)).map { move -> [Table.Entry] in
      let isCurrent = move.recipe == state.recipe
      let style = isCurrent ? theme.key : nil
      return [
        Table.Entry(isCurrent ? String(look.glyphs.cursor) : "", theme.key),
        Table.Entry(move.number == 0 ? "" : "\(move.number)", theme.faint),
        Table.Entry(move.label, style),
        Table.Entry(move.sizeBytes.asBytes, style),
        Table.Entry(move.macs.asCount, style),
        Table.Entry(move.score.asPercent + " %", style),
        Change(move.evaluation, from: state.baseline, look: look).entry,
      ]
    }
    let columns: [Table.Column] = [
      Table.Column("", .fixed(1, need: 4)), Table.Column("", .fixed(4), .trailing),
      Table.Column("move", .flexible(minimum: 12, need: 5)),
      Table.Column("size", .fixed(7, need: 3), .trailing),
      Table.Column("MACs", .fixed(7, need: 1), .trailing),
      Table.Column(state.shortHeadline, .fixed(8, need: 3), .trailing),
      Table.Column("change", .fixed(7, need: 2), .trailing),
    ]
    Table(columns, rows: rows, gap: 1).draw(in: inside, on: &buffer, look: look)
  }
}

/// The difference of two accuracies, in percentage points, with a sign that needs no colour.
struct Change {
  let entry: Table.Entry

  init(_ evaluation: Evaluation?, from reference: Evaluation?, look: Look) {
    guard let evaluation, let reference else {
      entry = Table.Entry("–", look.theme.faint)
      return
    }
    let points = ((evaluation.score - reference.score) * 100).text(decimals: 2)
    if points == "0.00" {
      entry = Table.Entry("=", look.theme.faint)
    } else if points.hasPrefix("-") {
      entry = Table.Entry("\(look.glyphs.down) \(points.dropFirst())", look.theme.worsened)
    } else {
      entry = Table.Entry("\(look.glyphs.up) \(points)", look.theme.improved)
    }
  }
}
