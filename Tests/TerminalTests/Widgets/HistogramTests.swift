import Terminal
import Testing

@Suite struct HistogramTests {
  private let oneSided = Histogram([1, 2, 4, 7, 10, 7, 4, 2, 1, 0], cut: 0.3)
  private let symmetric = Histogram([1, 2, 4, 7, 10, 10, 7, 4, 2, 1], cut: 0.4, isSymmetric: true)

  @Test func unicode() {
    #expect(render(oneSided, 10, 3) == "   ▁█▁\n  ▂███▂\n▂▅█████▅▂")
    #expect(render(symmetric, 10, 2) == "  ┊▃██▃┊\n▂▃▆████▆▃▂")
  }

  @Test func ascii() {
    #expect(render(symmetric, 10, 2, glyphs: .ascii) == "  |:##:|\n.:*####*:.")
  }

  @Test func whatIsCutHasAnotherColor() {
    let row = drawn(oneSided, 10, 1)
    let kept = Theme.standard.sliderFill
    let colors = (0..<9).map { row[Point(x: $0, y: 0)].style.foreground == kept }
    #expect(colors == [false, false, false, true, true, true, true, true, true])
  }

  @Test func fitsAnyNumberOfBins() {
    #expect(render(Histogram([1, 8]), 4) == "▁▁██")
    #expect(render(Histogram(Array(repeating: 1, count: 50) + [8]), 3) == "▁▁█")
    #expect(render(Histogram([0, 0]), 4) == "")
  }
}
