import Dashboard
import Terminal
import Testing

struct KnownTrackTests {
  @Test func placesOfOneSliderThatWereMeasuredAreKnown() throws {
    var desk = try Desk()
    desk.load()
    desk.press("j L pause")
    desk.measure(9150)
    desk.press("L L pause")
    desk.measure(8800)
    #expect(KnownTrack(desk.state, at: desk.state.focus).accuracies == [0: 0.9203, 100: 0.915, 300: 0.88])
    // Everything else has to be as it was.
    desk.press("j L pause k")
    #expect(KnownTrack(desk.state, at: desk.state.focus).accuracies.isEmpty)
  }

  @Test func theMasterKnowsItsOwn() throws {
    var desk = try Desk()
    desk.load()
    desk.press("L pause")
    desk.measure(9150)
    #expect(KnownTrack(desk.state, at: desk.state.focus).accuracies == [0: 0.9203, 100: 0.915])
  }

  @Test func theTrackIsColouredWhereItIsKnown() throws {
    var desk = try Desk()
    desk.load()
    let theme = desk.state.look.theme
    func isColoured() -> Bool {
      desk.screen.cells.contains { $0.scalar == "┄" && $0.style.foreground == theme.accuracy[1] }
    }
    #expect(!isColoured())
    desk.press("j end pause")
    desk.measure(1000)
    desk.press("home pause")
    desk.press("L pause")
    desk.measure(9150)
    #expect(desk.screen.cells.contains { $0.style.foreground == theme.accuracy[1] && $0.scalar == "┄" })
    #expect(isColoured())
  }
}
