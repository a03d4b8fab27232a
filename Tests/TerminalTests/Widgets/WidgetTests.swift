import Terminal
import Testing

@Suite struct WidgetTests {
  /// Whatever the room, a widget stays within it.
  @Test func everyWidgetStaysInsideAtAnySize() {
    let widgets: [any Widget] = [
      Box("title", note: "note", footer: "footer"), Slider(.amount, at: 400, default: 900),
      SnapSlider(.bits, at: 3), Gauge(0.5), Sparkline([1, 2, 3]), Histogram([1, 5, 2], cut: 0.5),
      Histogram([1, 5, 2], cut: 0.5, isSymmetric: true),
      BrailleChart(
        [.init([(x: 0, y: 0), (x: 1, y: 1)], form: .line, color: .terminal)],
        marks: [.init(x: 1, y: 1, glyph: "●", label: "now", style: .plain)]),
      Table(
        [.init("漢字", .flexible()), .init("b", .fixed(4), .trailing)], rows: [["漢字漢字", "1"]], selected: 0),
      TextField("漢字漢字"), Dialog("title", content: Size(columns: 9, rows: 3)), KeyBar([.init("漢", "字")]),
    ]
    for glyphs in [Glyphs.unicode, .ascii] {
      let look = Look(theme: .standard, glyphs: glyphs)
      for widget in widgets {
        for width in 0...14 {
          for height in 0...5 {
            var buffer = Buffer(size: Size(columns: 20, rows: 9))
            buffer.fill(buffer.bounds, with: Cell("#"))
            let rect = Rect(x: 3, y: 2, width: width, height: height)
            buffer.draw(widget, in: rect, look: look)
            buffer.fill(rect, with: Cell("#"))
            if buffer.dump().contains(where: { $0 != "#" && $0 != "\n" }) {
              Issue.record("\(type(of: widget)) left \(width)x\(height)")
            }
          }
        }
      }
    }
  }
}
