import Terminal
import Testing

@Suite struct PartTests {
  private let row = Rect(x: 3, y: 2, width: 30, height: 4)

  @Test func fixedAndFlexible() {
    let parts = row.columns([.fixed(5), .flexible(2), .flexible(1), .fixed(4)], gap: 1)
    #expect(parts.map(\.width) == [5, 11, 7, 4])
    #expect(parts.map(\.x) == [3, 9, 21, 29])
    #expect(parts.allSatisfy { $0.height == 4 && $0.y == 2 })
  }

  @Test func leastNeededGoesFirst() {
    let parts: [Part] = [.fixed(10, need: 2), .fixed(10, need: 1), .fixed(10, need: 3)]
    #expect(Rect(x: 0, y: 0, width: 30, height: 1).columns(parts).map(\.width) == [10, 10, 10])
    #expect(Rect(x: 0, y: 0, width: 29, height: 1).columns(parts).map(\.width) == [10, 0, 10])
    #expect(Rect(x: 0, y: 0, width: 19, height: 1).columns(parts).map(\.width) == [0, 0, 10])
    #expect(Rect(x: 0, y: 0, width: 4, height: 1).columns(parts).map(\.width) == [0, 0, 4])
  }

  @Test func ofEqualNeedTheLastGoes() {
    let parts: [Part] = [.fixed(3), .fixed(3), .fixed(3)]
    #expect(Rect(x: 0, y: 0, width: 7, height: 1).columns(parts).map(\.width) == [3, 3, 0])
  }

  @Test func maximumLeavesTheRestToOthers() {
    let parts: [Part] = [.flexible(maximum: 4), .flexible(), .flexible(maximum: 6)]
    let widths = Rect(x: 0, y: 0, width: 30, height: 1).columns(parts).map(\.width)
    #expect(widths == [4, 20, 6])
  }

  /// Nothing overlaps, nothing leaves the screen, and while there is a cell there is a part.
  @Test func neverOverlapsAtAnySize() {
    let outer: [Part] = [
      .fixed(1, need: 8), .flexible(3, minimum: 5, need: 9), .flexible(1, minimum: 3, maximum: 9, need: 3),
      .fixed(1, need: 6),
    ]
    let inner: [Part] = [.flexible(2, minimum: 24, need: 5), .flexible(1, minimum: 18, maximum: 60, need: 4)]
    for columns in 1...200 {
      for rows in 1...60 {
        let screen = Rect(Size(columns: columns, rows: rows))
        let leaves = screen.rows(outer).flatMap { $0.isEmpty ? [] : $0.columns(inner, gap: 1) }
          .filter { !$0.isEmpty }
        #expect(!leaves.isEmpty)
        for (index, leaf) in leaves.enumerated() {
          let isApart = leaves[(index + 1)...].allSatisfy { leaf.intersection($0).isEmpty }
          if !isApart || leaf.intersection(screen) != leaf {
            Issue.record("\(leaf) at \(columns)x\(rows)")
          }
        }
      }
    }
  }
}
