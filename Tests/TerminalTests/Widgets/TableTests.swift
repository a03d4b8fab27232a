import Terminal
import Testing

@Suite struct TableTests {
  private let table = Table(
    [
      .init("layer", .flexible(minimum: 5, need: 3)), .init("W", .fixed(2, need: 1), .trailing),
      .init("share", .fixed(6, need: 2), .trailing),
    ],
    rows: [["all", "8", "100 %"], ["convolution-1", "16", "5.8 %"], ["fc", "4", "92.9 %"]], selected: 2,
    offset: 1)

  @Test func unicode() {
    #expect(
      render(table, 20, 3) == """
        layer      W   share
        convolu…  16   5.8 %
        fc         4  92.9 %
        """)
  }

  @Test func ascii() {
    #expect(render(table, 20, 2, glyphs: .ascii) == "layer      W   share\nconvolu~  16   5.8 %")
  }

  @Test func columnsCollapseByNeed() {
    #expect(render(table, 14, 2) == "layer    share\nconvo…   5.8 %")
    #expect(render(table, 6, 2) == "layer\nconvo…")
  }

  @Test func theSelectedRowIsMarkedAcross() {
    let screen = drawn(table, 20, 3)
    let selection = Theme.standard.selection
    #expect((0..<20).allSatisfy { screen[Point(x: $0, y: 2)].style == selection })
    #expect(screen[Point(x: 0, y: 1)].style.background == .terminal)
  }

  @Test func findsRows() {
    let rect = Rect(x: 2, y: 5, width: 20, height: 3)
    #expect(table.row(at: Point(x: 3, y: 6), in: rect) == 1)
    #expect(table.row(at: Point(x: 3, y: 5), in: rect) == nil)
    #expect(table.place(ofRow: 0, in: rect) == nil)
    #expect(table.place(ofRow: 2, in: rect) == Rect(x: 2, y: 7, width: 20, height: 1))
  }

  @Test func scrollsNoMoreThanItMust() {
    #expect(Table.offset(0, showing: 4, of: 10, visible: 5) == 0)
    #expect(Table.offset(0, showing: 5, of: 10, visible: 5) == 1)
    #expect(Table.offset(6, showing: 2, of: 10, visible: 5) == 2)
    #expect(Table.offset(9, showing: 9, of: 10, visible: 5) == 5)
    #expect(Table.offset(3, showing: 1, of: 2, visible: 5) == 0)
    #expect(Table.offset(3, showing: 1, of: 2, visible: 0) == 2)
  }
}
