import Terminal
import Testing

@Suite struct CurveChartTests {
  private let chart = CurveChart(
    [
      .init("labels", note: "0.4", [(x: 0, y: 2), (x: 1, y: 1), (x: 2, y: 0.4)], color: .terminal),
      .init("teacher", [(x: 0, y: 1), (x: 2, y: 0.2)], color: .terminal, form: .dotted),
    ], levels: [.init("before", y: 1.8, color: .terminal)], breaks: [1.5], xRange: 0...4)

  @Test func unicode() {
    #expect(
      render(chart, 32, 9) == """
        ● labels 0.4  ○ teacher
        2.09 ┤⠢⡀       ⢘
             │⠁⠈⠢⡁ ⠁⠈ ⠁⢨ ⠁ ⠁⠈ ⠁⠈ before╌
             │   ⠘⢄    ⠰
             │⡀    ⠑⢄  ⢘
             │ ⠁⠐⠠⢀  ⠉⠒⢬⡀
             │      ⠁⠂⠄⢰⠈⠒⠤●
        0.11 ┤         ⢨⠈⠐ ○
              0                        4
        """)
  }

  @Test func ascii() {
    #expect(
      render(chart, 32, 6, glyphs: .ascii) == """
        * labels 0.4  o teacher
        2.09 +**** ** ** * ** ** before-
             |  *****  *
             |***** ******
        0.11 +       ******o
              0                        4
        """)
  }

  @Test func inANarrowPlaceTheNamesGoBeforeTheNumbers() {
    #expect(render(chart, 21, 3).hasPrefix("● labels  ○ teacher\n"))
  }

  @Test func curvesAreToldApartWithoutColors() {
    let text = render(chart, 32, 9)
    #expect(text.contains("● labels") && text.contains("○ teacher"))
  }

  @Test func nothingIsDrawnOfNothing() {
    #expect(render(CurveChart([], xRange: 0...1), 9, 3) == "\n\n")
    let broken = CurveChart([.init("a", [(x: 0, y: .nan)], color: .terminal)], xRange: 0...1)
    #expect(render(broken, 9, 3) == "● a\n\n")
  }
}
