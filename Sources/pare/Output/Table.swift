/// Rows of text in columns that line up.
struct Table: CustomStringConvertible {
  enum Alignment { case left, right }

  var rows: [[String]]
  /// Of each column; those behind the last are left.
  var alignments: [Alignment] = []
  var indent = 0

  var description: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isRight = alignments.indices.contains(column) && alignments[column] == .right
        return isRight ? space + cell : cell + space
      }
      let line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
