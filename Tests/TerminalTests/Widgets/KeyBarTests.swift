import Terminal
import Testing

@Suite struct KeyBarTests {
  private let bar = KeyBar([
    .init("←→", "move", need: 5), .init("s", "snapshot", need: 1), .init("u", "undo", need: 3),
    .init("q", "quit", need: 9),
  ])

  @Test func dropsTheLeastNeeded() {
    #expect(render(bar, 40) == " ←→ move  s snapshot  u undo  q quit")
    #expect(render(bar, 26) == " ←→ move  u undo  q quit")
    #expect(render(bar, 20) == " ←→ move  q quit")
    #expect(render(bar, 9) == " q quit")
    #expect(render(bar, 6) == " q qu")
  }

  @Test func ascii() {
    let buffer = drawn(bar, 26, look: Look(theme: .standard, glyphs: .ascii))
    #expect(buffer.inASCII().dump() == " <> move  u undo  q quit")
  }

  @Test func placesAreWhereTheyAreDrawn() {
    let places = bar.places(in: Rect(x: 0, y: 4, width: 20, height: 1))
    #expect(places.map(\.hint.key) == ["←→", "q"])
    #expect(places.last?.rect == Rect(x: 10, y: 4, width: 6, height: 1))
  }
}
