import Terminal
import Testing

@Suite struct BrailleChartTests {
  private let chart = BrailleChart(
    [.init([(x: 0, y: 50), (x: 10, y: 90), (x: 30, y: 92)], form: .line, color: .terminal)],
    marks: [.init(x: 10, y: 90, glyph: "@", label: "now", style: .plain)])

  @Test func unicode() {
    #expect(
      render(chart, 24, 6) == """
        92 ┤      @now⠒⠒⠒⠉⠉⠉⠉⠉⠉⠉
           │    ⢠⠊
           │   ⡰⠁
           │ ⢀⠎
        50 ┤⡰⠁
            0                 30
        """)
  }

  @Test func ascii() {
    #expect(
      render(chart, 24, 6, glyphs: .ascii) == """
        92 +      @now**********
           |    **
           |   **
           | **
        50 +**
            0                 30
        """)
  }

  @Test func withoutRoomThereAreNoAxes() {
    let steps = BrailleChart([.init([(x: 0, y: 0), (x: 1, y: 1)], form: .steps, color: .terminal)])
    #expect(render(steps, 6, 2) == "     ⢸\n⣀⣀⣀⣀⣀⣸")
  }

  @Test func whatIsNotFiniteIsLeftOut() {
    let points: [(x: Double, y: Double)] = [(.nan, 1), (1, .infinity), (0.5, 0.5)]
    #expect(render(BrailleChart([.init(points, color: .terminal)]), 3, 1).count == 2)
    #expect(render(BrailleChart([]), 9, 5) == "\n\n\n\n")
  }
}
