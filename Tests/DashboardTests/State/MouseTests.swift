import Compression
import Dashboard
import Terminal
import Testing

struct MouseTests {
  /// Where a text is on the screen.
  private func place(of text: String, in desk: Desk, row name: String) throws -> Point {
    let lines = desk.screen.dump().split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    let y = try #require(lines.firstIndex { String($0).contains(" \(name) ") })
    let x = try #require(lines[y].firstIndex(of: Character(text)))
    return Point(x: x, y: y)
  }

  @Test func aDragKeepsTheRowItStartedOnAndIsOneStep() throws {
    var desk = try Desk()
    let start = try place(of: "├", in: desk, row: "conv2")
    desk.mouse(.press(.left), start.x + 5, start.y)
    let first = desk.layer("conv2").amount
    #expect(first > 0)
    desk.now = desk.now.advanced(by: .seconds(2))
    desk.mouse(.drag(.left), start.x + 8, start.y + 2)
    desk.mouse(.drag(.left), start.x + 200, start.y - 9)
    desk.mouse(.release(.left), start.x + 200, start.y - 9)
    #expect(desk.layer("conv2").amount == 1)
    #expect(desk.layer("fc2").amount == 0)
    #expect(desk.state.focus.row == .layer(1))
    desk.press("u")
    #expect(desk.state.recipe == .empty)
  }

  @Test func theWheelMovesTheFocusedSliderOnly() throws {
    var desk = try Desk()
    desk.press("j")
    desk.mouse(.wheelUp, 70, 20)
    desk.mouse(.wheelUp, 5, 6)
    desk.mouse(.wheelDown, 5, 6)
    #expect(desk.layer("conv1").amount == 0.01)
    #expect(desk.layer("fc1").amount == 0)
  }

  @Test func aClickOnANameOnlyFocuses() throws {
    var desk = try Desk()
    let start = try place(of: "├", in: desk, row: "fc1")
    desk.mouse(.press(.left), 5, start.y)
    desk.mouse(.drag(.left), start.x + 5, start.y)
    #expect(desk.state.focus.row == .layer(2))
    #expect(desk.state.recipe == .empty)
  }

  @Test func widthsCanBeClickedWhereTheyAreSeen() throws {
    var desk = try Desk(200, 40)
    let line = try #require(
      desk.screen.dump().split(separator: "\n").map(Array.init).enumerated().first {
        String($0.element).contains(" conv1 ")
      })
    let x = try #require(line.element.firstIndex(of: "4"))
    desk.mouse(.press(.left), x, line.offset)
    #expect(desk.layer("conv1").weightBits == 4)
    #expect(desk.state.focus.column == .weights)
  }

  @Test func hintsCanBeClicked() throws {
    var desk = try Desk()
    let keys = try #require(desk.screen.dump().split(separator: "\n").last.map(Array.init))
    let x = try #require(keys.firstIndex(of: "?"))
    desk.mouse(.press(.left), x, 29)
    guard case .help = desk.state.overlay else {
      Issue.record("no help")
      return
    }
  }

  @Test func theMouseCanBeTurnedOff() throws {
    var desk = try Desk()
    desk.press("M")
    #expect(desk.effects.contains(.setMouse(false)))
    desk.press("M")
    #expect(desk.effects.contains(.setMouse(true)))
  }
}
