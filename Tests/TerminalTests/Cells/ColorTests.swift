import Terminal
import Testing

@Suite struct ColorTests {
  @Test(arguments: [
    ("#ff8000", Color.rgb(255, 128, 0)), ("#FF8000", .rgb(255, 128, 0)), ("#80", .rgb(128, 128, 128)),
    ("255 128 0", .rgb(255, 128, 0)), ("  1   2 3 ", .rgb(1, 2, 3)), ("", .terminal),
  ])
  func reads(_ text: String, _ color: Color) {
    #expect(Color(themeText: text) == color)
  }

  @Test(arguments: ["#ff", "#123456"]) func writesWhatItReads(_ text: String) throws {
    let color = try #require(Color(themeText: text))
    #expect(Color(themeText: color.themeText) == color)
  }

  @Test(arguments: ["#f", "#fff", "#gg0000", "#+12345", "256 0 0", "1 2", "1 2 3 4", "red", "#"])
  func refuses(_ text: String) {
    #expect(Color(themeText: text) == nil)
  }
}
