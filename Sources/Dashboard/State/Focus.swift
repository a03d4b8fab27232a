/// The slider that keys move.
package struct Focus: Hashable, Sendable {
  package enum Row: Hashable, Sendable {
    /// All layers at once.
    case master
    case layer(Int)

    /// Its place in the list, the master being first.
    package var index: Int {
      switch self {
      case .master: 0
      case .layer(let layer): layer + 1
      }
    }

    package init(index: Int) { self = index == 0 ? .master : .layer(index - 1) }

    package var layer: Int? {
      if case .layer(let layer) = self { layer } else { nil }
    }
  }

  package var row: Row
  package var column: Column

  package init(_ row: Row, _ column: Column) {
    self.row = row
    self.column = column
  }
}
