import Terminal
import Testing

@Suite struct SparklineTests {
  private let values: [Double] = [0, 1, 2, 3, 4, 5, 6, 7, .nan, 3]

  @Test func unicode() {
    #expect(render(Sparkline(values), 12) == "▁▂▃▄▅▆▇█ ▄")
  }

  @Test func ascii() {
    #expect(render(Sparkline(values), 12, glyphs: .ascii) == "_.:+=*%# +")
  }

  @Test func showsTheLast() {
    #expect(render(Sparkline([9, 9, 0, 7], range: 0...7), 2) == "▁█")
  }

  @Test func allAlikeIsInTheMiddle() {
    #expect(render(Sparkline([5, 5]), 4) == "▅▅")
    #expect(render(Sparkline([]), 4) == "")
  }
}
