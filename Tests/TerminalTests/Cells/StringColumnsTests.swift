import Terminal
import Testing

@Suite struct StringColumnsTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("±→×·", 4), ("漢字", 4), ("e\u{301}", 1), ("a\u{200d}b", 2), ("ｆｕ", 4), ("🙂", 2),
    ("⠿█╭", 3),
  ])
  func counts(_ text: String, _ columns: Int) {
    #expect(text.columns == columns)
  }

  @Test(arguments: [
    ("ab", 5, Alignment.leading, "ab   "), ("ab", 5, .trailing, "   ab"), ("ab", 5, .center, " ab  "),
    ("abcdef", 4, .leading, "abc…"), ("漢字漢字", 4, .leading, "漢… "), ("漢字漢字", 5, .leading, "漢字…"),
    ("abc", 1, .leading, "…"), ("abc", 0, .leading, ""), ("abc", 3, .trailing, "abc"),
  ])
  func fits(_ text: String, _ width: Int, _ alignment: Alignment, _ expected: String) {
    let fitted = text.fitted(to: width, alignment)
    #expect(fitted == expected)
    #expect(fitted.columns == width)
  }
}
