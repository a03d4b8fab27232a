import Compression
import Dashboard
import Terminal
import Testing

struct ScreenTests {
  /// Some work done on the sample: overrides, channels taken out, a stale number.
  private func desk(_ columns: Int, _ rows: Int, look: Look = Look(theme: .standard)) throws -> Desk {
    var desk = try Desk(columns, rows, look: look)
    desk.load()
    desk.press("L L L pause")
    desk.measure(9111)
    desk.press("j j j L L pause c c")
    desk.measure(8925)
    desk.press("w h h pause")
    desk.measure(8911)
    desk.press("s p j j pause k")
    return desk
  }

  @Test(arguments: [(60, 16), (80, 24), (118, 30), (200, 60)])
  func sizes(columns: Int, rows: Int) throws {
    try Golden.expect(desk(columns, rows).screen.dump(), is: "main-\(columns)x\(rows)")
  }

  @Test func onlyASCII() throws {
    let desk = try desk(80, 24, look: Look(theme: .standard, glyphs: .ascii, depth: .sixteen))
    let text = desk.screen.inASCII().dump()
    let isASCII = text.allSatisfy { $0.isASCII }
    #expect(isASCII)
    try Golden.expect(text, is: "main-80x24-ascii")
  }

  @Test func colors() throws {
    try Golden.expect(desk(80, 24).screen.dumpWithStyles(), is: "main-80x24-styles")
  }

  @Test func noColors() throws {
    let desk = try desk(80, 24, look: Look(theme: .standard, depth: .none))
    let text = desk.screen.dumpWithStyles()
    #expect(!text.contains("#"))
    try Golden.expect(text, is: "main-80x24-no-color")
  }

  @Test func estimateWhileMeasuring() throws {
    var desk = try desk(118, 30)
    desk.press("l")
    desk.take(.evaluated(generation: desk.state.generation, Desk.evaluation(5520, of: 6200)))
    try Golden.expect(desk.screen.dump(), is: "measuring-118x30")
  }

  @Test func stale() throws {
    var desk = try desk(80, 24)
    desk.press("l")
    try Golden.expect(desk.screen.dumpWithStyles(), is: "stale-80x24-styles")
  }

  @Test func firstFrame() throws {
    try Golden.expect(Desk(80, 24).screen.dump(), is: "first-80x24")
  }

  @Test func overlays() throws {
    for (name, keys) in [
      ("help", "?"), ("snapshots", "S"), ("export", "e"), ("entry", "3 '7"), ("comparison", "m"),
      ("model-switches", "R j space j j space"),
    ] {
      var desk = try desk(80, 24)
      desk.press(keys)
      try Golden.expect(desk.screen.dump(), is: "\(name)-80x24")
    }
    var themes = try desk(80, 24)
    themes.state.themeNames = ["nord", "standard", "tokyo-night"]
    themes.press("t")
    try Golden.expect(themes.screen.dump(), is: "themes-80x24")
  }

  @Test func manyLayers() throws {
    var desk = Desk(Sample.tower(54), 118, 30)
    desk.load()
    for _ in 0..<30 { desk.press("j") }
    try Golden.expect(desk.screen.dump(), is: "tower-118x30")
  }

  @Test func withoutData() throws {
    var desk = try Desk(80, 24)
    desk.state.data = .failed("Nothing fits.")
    desk.press("L")
    try Golden.expect(desk.screen.dump(), is: "no-data-80x24")
  }

  @Test func tooSmallSaysSoAndHowToLeave() throws {
    #expect(try Desk(59, 16).screen.dump().contains("q quits"))
    #expect(try Desk(20, 5).screen.dump().contains("q quits"))
    #expect(try Desk(1, 1).screen.dump() == "q")
  }

  @Test func namesFromAFileCannotDisturbTheScreen() {
    var subject = Sample.tower(3)
    subject.name = "\u{1b}[2J名前"
    subject.layers[1].name = "層\u{7}\u{202e}" + String(repeating: "x", count: 300)
    let desk = Desk(subject, 80, 24)
    let text = desk.screen.dump()
    #expect(!text.contains("\u{1b}") && !text.contains("\u{7}"))
    #expect(desk.screen.dump().split(separator: "\n").allSatisfy { $0.columns <= 80 })
  }
}
