import Terminal

/// Which slider the sensitivity of layers is shown for, and from which layer on.
package struct SensitivityView: Hashable, Sendable {
  package var column: Column
  package var offset: Int

  package init(column: Column = .prune, offset: Int = 0) {
    self.column = column
    self.offset = offset
  }

  /// The places that are measured: every 10 % and 95 %, or every width.
  var ticks: [Int] {
    column == .prune
      ? Array(stride(from: 100, through: 900, by: 100)) + [950] : Array(0..<column.scale.lastTick)
  }

  func heading(_ tick: Int) -> String { column.text(at: tick) + (column == .prune ? "" : "b") }
}
