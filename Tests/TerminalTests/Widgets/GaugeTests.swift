import Terminal
import Testing

@Suite struct GaugeTests {
  @Test(arguments: [
    (0.0, "░░░░░░░░░░"), (0.37, "███▊░░░░░░"), (1.0, "██████████"), (7.0, "██████████"),
    (Double.nan, "░░░░░░░░░░"),
  ])
  func unicode(_ fraction: Double, _ expected: String) {
    #expect(render(Gauge(fraction), 10) == expected)
  }

  @Test func ascii() {
    #expect(render(Gauge(0.37), 10, glyphs: .ascii) == "####......")
  }

  @Test func takesTheGradientByPlace() {
    let gradient = Gradient(start: Color(hex: 0), end: Color(hex: 0xffffff))
    let row = drawn(Gauge(1, gradient: gradient), 5)
    #expect(row[.zero].style.foreground == Color(hex: 0))
    #expect(row[Point(x: 4, y: 0)].style.foreground == Color(hex: 0xffffff))
  }
}
