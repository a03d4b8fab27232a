import Compression
import Dashboard
import Terminal
import Testing
import Workbench

struct TrailTests {
  @Test func aBurstIsOneStep() throws {
    var desk = try Desk()
    desk.press("j l l l l pause l l")
    #expect(desk.layer("conv1").amount == 0.06)
    desk.press("u")
    #expect(desk.layer("conv1").amount == 0.04)
    desk.press("u")
    #expect(desk.layer("conv1").amount == 0)
    desk.press("u")
    #expect(desk.state.message?.text == "There is nothing to undo.")
    desk.press("U ctrl-r")
    #expect(desk.layer("conv1").amount == 0.06)
  }

  @Test func anotherSliderIsAnotherStep() throws {
    var desk = try Desk()
    desk.press("j l w h j p l")
    #expect(desk.state.trail.recipes.count == 4)
    desk.press("u u")
    #expect(desk.layer("conv1").amount == 0.01 && desk.layer("conv1").weightBits == 32)
  }

  @Test func switchesAreStepsOfTheirOwn() throws {
    var desk = try Desk()
    desk.press("j g g")
    #expect(desk.state.trail.recipes.count == 3)
  }

  @Test func aGestureThatComesBackLeavesNothingToUndo() throws {
    var desk = try Desk()
    desk.press("j l h u")
    #expect(desk.state.recipe == .empty)
    #expect(desk.state.message?.text == "There is nothing to undo.")
  }

  @Test func undoBringsTheMasterBackToo() throws {
    var desk = try Desk()
    desk.press("L L pause j L pause k L pause u")
    #expect(desk.state.settings.master(.prune) == 200)
    #expect(desk.state.settings.isOverride(0, .prune))
  }

  @Test func everyChangeIsRecorded() throws {
    var desk = try Desk()
    desk.press("l pause l u")
    let recorded = desk.effects.compactMap { effect -> Trail? in
      if case .record(let trail) = effect { trail } else { nil }
    }
    #expect(recorded.count == 3)
    #expect(recorded.last == desk.state.trail)
  }

  @Test func goesOnFromATrail() throws {
    var trail = Trail()
    trail.move(to: try Recipe(json: #"{"pare": 1, "pruning": [{"layers": ["fc1"], "amount": 0.9}]}"#))
    var desk = try Desk()
    desk.state = State(
      try Sample.subject(), trail: trail, size: Size(columns: 118, rows: 30), look: desk.state.look)
    desk.take(.started)
    #expect(desk.layer("fc1").amount == 0.9)
    #expect(desk.state.cost.nonzeroParameters < 100_000)
    desk.press("u")
    #expect(desk.state.recipe == .empty)
  }
}
