import Terminal
import Testing

@Suite struct ThemeFileTests {
  @Test func readsBtopsGrammar() {
    let file = ThemeFile(
      """
      # A comment
      theme[main_bg]=""

      theme[main_fg]="#cc"
      theme[title]="#EEeeEE" # trailing words
      theme[hi_fg]="181 64 64"
      theme[div_line]='#303030'
      theme[cpu_box]=#556d59
        theme[unknown_key] = "#123456"
      """, name: "t.theme")
    #expect(file.problems.isEmpty)
    #expect(
      file.colors == [
        "main_bg": .terminal, "main_fg": Color(hex: 0xcccccc), "title": Color(hex: 0xeeeeee),
        "hi_fg": .rgb(181, 64, 64), "div_line": Color(hex: 0x303030), "cpu_box": Color(hex: 0x556d59),
        "unknown_key": Color(hex: 0x123456),
      ])
  }

  @Test func readsWindowsLineEnds() {
    let file = ThemeFile("theme[title]=\"#10\"\r\ntheme[hi_fg]=\"#20\"\r\n", name: "t.theme")
    #expect(file.problems.isEmpty)
    #expect(file.colors.count == 2)
  }

  @Test func reportsBadLinesAndKeepsTheRest() {
    let file = ThemeFile(
      """
      theme[title]="#ee"
      theme[hi_fg]="reddish"
      colour=#ff
      theme[main_fg]="#cc
      theme[]="#cc"
      theme[selected_bg]="1 2 300"
      theme[selected_fg]="#ff"
      """, name: "/themes/bad.theme")
    #expect(file.colors.keys.sorted() == ["selected_fg", "title"])
    #expect(file.problems.map(\.line) == [2, 3, 4, 5, 6])
    #expect(
      file.problems.first?.description
        == "/themes/bad.theme:2: “reddish” is not a colour for hi_fg: #RRGGBB, #GG or three numbers up to 255"
    )
  }
}
