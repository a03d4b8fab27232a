import Terminal
import Testing

@Suite struct ThemeTests {
  private func theme(_ text: String) -> Theme {
    Theme(ThemeFile(text, name: "t"), name: "t")
  }

  @Test func mapsBtopsNames() {
    let theme = theme(
      """
      theme[cpu_box]="#01"
      theme[mem_box]="#02"
      theme[net_box]="#03"
      theme[proc_box]="#04"
      theme[cpu_start]="#10"
      theme[used_start]="#11"
      theme[temp_start]="#12"
      theme[process_start]="#13"
      theme[available_start]="#14"
      """)
    #expect(theme.frames[.layers] == Color(hex: 0x010101))
    #expect(theme.frames[.detail] == Color(hex: 0x040404))
    #expect(theme.macs[0] == Color(hex: 0x101010))
    #expect(theme.size[0] == Color(hex: 0x111111))
    #expect(theme.latency[0] == Color(hex: 0x121212))
    #expect(theme.accuracy[0] == Color(hex: 0x131313))
    #expect(theme.sparsity[0] == Color(hex: 0x141414))
  }

  @Test func missingColorsFollowFromOthers() {
    let theme = theme("theme[cpu_start]=\"#00ff00\"\ntheme[cpu_end]=\"#ff0000\"\ntheme[hi_fg]=\"#abcdef\"")
    #expect(theme.accuracy == theme.macs)
    #expect(theme.better == Color(hex: 0x00ff00))
    #expect(theme.worse == Color(hex: 0xff0000))
    #expect(theme.sliderFill == Color(hex: 0xabcdef))
  }

  @Test func textIsReadableWhenOnlyABackgroundIsGiven() {
    #expect(theme("theme[main_bg]=\"#fdf6e3\"").foreground == .rgb(0, 0, 0))
    #expect(theme("theme[main_bg]=\"#002b36\"").foreground == .rgb(255, 255, 255))
    #expect(theme("").foreground == .terminal)
  }

  @Test func ownKeys() {
    let theme = theme("theme[slider_fill]=\"#01\"\ntheme[stale]=\"#02\"\ntheme[pareto]=\"#03\"")
    #expect(theme.sliderFill == Color(hex: 0x010101))
    #expect(theme.stale == Color(hex: 0x020202))
    #expect(theme.pareto == Color(hex: 0x030303))
  }

  @Test func withoutColorsOnlyAttributesAreLeft() {
    let theme = Look(theme: .standard, depth: .none).theme
    #expect(theme.selection == Style(attributes: .reverse))
    #expect(theme.faint == Style(attributes: .dim))
    #expect(theme.macs[0.5] == .terminal)
    #expect(theme.base == .plain)
  }
}
