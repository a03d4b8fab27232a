import Dashboard
import Terminal
import Testing

struct DistillingViewTests {
  private func desk(_ columns: Int, _ rows: Int, look: Look = Look(theme: .standard)) throws -> Desk {
    var desk = try Desk(columns, rows, look: look)
    desk.load()
    desk.press("L L L pause")
    desk.measure(9111)
    DistillingTests.train(&desk)
    desk.take(.training(.changed(at: 1.25)))
    return desk
  }

  @Test(arguments: [(60, 16), (80, 24), (200, 60)])
  func sizes(columns: Int, rows: Int) throws {
    try Golden.expect(desk(columns, rows).screen.dump(), is: "distilling-\(columns)x\(rows)")
  }

  @Test func beforeItBegins() throws {
    var desk = try Desk(80, 24)
    desk.load()
    desk.press("d")
    try Golden.expect(desk.screen.dump(), is: "distilling-idle-80x24")
  }

  @Test func onlyASCII() throws {
    let desk = try desk(80, 24, look: Look(theme: .standard, glyphs: .ascii, depth: .sixteen))
    let text = desk.screen.inASCII().dump()
    #expect(text.allSatisfy { $0.isASCII })
    try Golden.expect(text, is: "distilling-80x24-ascii")
  }

  @Test func colors() throws {
    try Golden.expect(desk(80, 24).screen.dumpWithStyles(), is: "distilling-80x24-styles")
  }

  @Test func noColors() throws {
    let text = try desk(80, 24, look: Look(theme: .standard, depth: .none)).screen.dumpWithStyles()
    #expect(!text.contains("#"))
    try Golden.expect(text, is: "distilling-80x24-no-color")
  }
}
