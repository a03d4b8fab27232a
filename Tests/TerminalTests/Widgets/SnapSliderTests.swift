import Terminal
import Testing

@Suite struct SnapSliderTests {
  @Test func unicode() {
    #expect(render(SnapSlider(.bits, at: 5, default: 7), 26) == " 2  3  4  5  6 ‹8› 16  32")
  }

  @Test func ascii() {
    #expect(render(SnapSlider(.bits, at: 6), 26, glyphs: .ascii) == " 2  3  4  5  6  8 <16> 32")
  }

  @Test func narrow() {
    #expect(render(SnapSlider(.bits, at: 6), 8) == "‹16›")
    #expect(render(SnapSlider(.bits, at: 6), 3) == "16")
    #expect(render(SnapSlider(.bits, at: 6), 1) == "…")
  }

  @Test func stopsAreWhereTheyAreDrawn() {
    let slider = SnapSlider(.bits, at: 5)
    let rect = Rect(x: 0, y: 0, width: 30, height: 1)
    let hit = slider.stops(in: rect).first { $0.rect.contains(Point(x: 19, y: 0)) }
    #expect(hit?.tick == 6)
    #expect(slider.fullWidth == 26)
  }

  @Test func theDefaultIsUnderlined() {
    let row = drawn(SnapSlider(.bits, at: 5, default: 0), 26)
    #expect(row[Point(x: 1, y: 0)].style.attributes == .underline)
    #expect(row[Point(x: 4, y: 0)].style.attributes == [])
  }
}
