import Terminal
import Testing

@Suite struct DialogTests {
  private let dialog = Dialog("Name", content: Size(columns: 8, rows: 1), footer: "Esc")

  @Test func unicode() {
    #expect(render(dialog, 16, 5) == "\n  ╭ Name ────╮\n  │          │\n  ╰───── Esc ╯\n")
  }

  @Test func ascii() {
    #expect(render(dialog, 16, 5, glyphs: .ascii) == "\n  + Name ----+\n  |          |\n  +----- Esc +\n")
  }

  @Test func contentIsWithinAndHasItsSize() {
    let bounds = Rect(x: 0, y: 0, width: 16, height: 5)
    #expect(dialog.content(in: bounds) == Rect(x: 4, y: 2, width: 8, height: 1))
    for width in 0...16 {
      for height in 0...5 {
        let bounds = Rect(x: 0, y: 0, width: width, height: height)
        let content = dialog.content(in: bounds)
        #expect(content.intersection(bounds) == content || content.isEmpty)
      }
    }
  }

  @Test func shadesWhatIsBehind() {
    let look = Look(theme: .standard)
    var buffer = look.blank(Size(columns: 16, rows: 5))
    buffer.write("behind", at: .zero, style: look.theme.heading)
    buffer.draw(dialog, in: buffer.bounds, look: look)
    #expect(buffer[.zero].scalar == "b")
    #expect(buffer[.zero].style == Style(look.theme.inactive))
  }
}
