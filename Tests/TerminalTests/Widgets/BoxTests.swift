import Terminal
import Testing

@Suite struct BoxTests {
  private let box = Box("Layers", note: "3/9", footer: "more", frame: .layers)

  @Test func unicode() {
    #expect(
      render(box, 24, 3) == """
        ╭ Layers ───────── 3/9 ╮
        │                      │
        ╰──────────────── more ╯
        """)
  }

  @Test func ascii() {
    #expect(
      render(box, 24, 3, glyphs: .ascii) == """
        + Layers --------- 3/9 +
        |                      |
        +---------------- more +
        """)
  }

  @Test func narrow() {
    #expect(
      render(box, 10, 3) == """
        ╭ Layers ╮
        │        │
        ╰── more ╯
        """)
    #expect(
      render(box, 8, 3) == """
        ╭ Lay… ╮
        │      │
        ╰ more ╯
        """)
  }

  @Test func withoutRoomThereIsNoFrame() {
    let rect = Rect(x: 1, y: 1, width: 9, height: 2)
    #expect(Box.inside(rect) == rect)
    #expect(render(box, 9, 2) == "\n")
    #expect(Box.inside(Rect(x: 1, y: 1, width: 9, height: 4)) == Rect(x: 2, y: 2, width: 7, height: 2))
  }

  @Test func focusShowsInTheFrame() {
    let theme = Theme.standard
    #expect(drawn(box, 9, 3)[.zero].style.foreground == theme.frames[.layers])
    var focused = box
    focused.isFocused = true
    #expect(drawn(focused, 9, 3)[.zero].style.foreground == theme.highlight)
  }
}
