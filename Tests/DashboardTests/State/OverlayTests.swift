import Compression
import Dashboard
import Terminal
import Testing
import Workbench

struct OverlayTests {
  @Test func snapshotsAreSavedComparedRestoredAndDeleted() throws {
    var desk = try Desk()
    desk.load()
    desk.press("L pause w home")
    desk.measure(9000)
    desk.press("s p backspace S")
    #expect(desk.state.snapshots.map(\.snapshot.name) == ["snapshot 1"])
    #expect(desk.state.snapshots[0].snapshot.evaluation?.correct == 9000)
    desk.press("m")
    #expect(desk.state.reference.name == "snapshot 1")
    desk.press("enter")
    #expect(desk.state.overlay == nil)
    #expect(desk.state.recipe == desk.state.snapshots[0].snapshot.recipe)
    desk.press("u")
    #expect(desk.state.settings.layers.allSatisfy { $0.amount == 0 })
    desk.press("S d")
    #expect(desk.state.snapshots.isEmpty && desk.state.marked == nil && desk.state.overlay == nil)
    #expect(desk.effects.contains(.removeSnapshot("snapshot 1")))
  }

  @Test func aSnapshotTakenTooEarlyGetsItsResultLater() throws {
    var desk = try Desk()
    desk.load()
    desk.press("L s")
    #expect(desk.state.snapshots[0].snapshot.evaluation == nil)
    desk.measure(9100)
    #expect(desk.state.snapshots[0].snapshot.evaluation?.correct == 9100)
  }

  @Test func snapshotsAreRenamed() throws {
    var desk = try Desk()
    desk.press("s l s S n ctrl-u 'small enter")
    #expect(desk.state.snapshots.map(\.snapshot.name) == ["snapshot 1", "small"])
    desk.press("n ctrl-u 'snapshot space '1 enter")
    #expect(desk.state.message?.kind == .failure)
  }

  @Test func exportAsksBeforeItOverwrites() throws {
    var desk = try Desk()
    desk.press("L e tab ctrl-u 'r.json enter")
    let recipe = desk.state.recipe
    #expect(
      desk.effects.last
        == .export(model: "lenet-fashion-pared.onnx", recipe: "r.json", recipe, overwrite: false))
    desk.take(.exportWouldOverwrite(["r.json"]))
    #expect(desk.screen.dump().contains("r.json is there already."))
    let count = desk.effects.count
    desk.press("n")
    #expect(desk.effects.count == count)
    desk.press("enter")
    desk.take(.exportWouldOverwrite(["r.json"]))
    desk.press("y")
    #expect(
      desk.effects.last
        == .export(model: "lenet-fashion-pared.onnx", recipe: "r.json", recipe, overwrite: true))
    desk.take(.exported(["lenet-fashion-pared.onnx", "r.json"]))
    #expect(desk.state.message?.text == "Wrote lenet-fashion-pared.onnx and r.json.")
    #expect(desk.state.overlay == nil)
  }

  @Test func aFailedExportStaysOpenAndSaysWhy() throws {
    var desk = try Desk()
    desk.press("e enter")
    desk.take(.failed(generation: nil, "/x/model.onnx: cannot be written: no such directory"))
    #expect(desk.screen.dump().contains("no such directory"))
    desk.press("escape")
    #expect(desk.state.overlay == nil)
  }

  @Test func pastedPathsGoIntoTheFieldAndNowhereElse() throws {
    var desk = try Desk()
    desk.press("e ctrl-u")
    desk.take(.paste("/tmp/q.onnx\n"))
    guard case .export(let form) = desk.state.overlay else {
      Issue.record("no form")
      return
    }
    #expect(form.model.text.hasPrefix("/tmp/q.onnx"))
    desk.press("escape")
    desk.take(.paste("qqq"))
    #expect(!desk.state.isDone)
  }

  @Test func themesAreShownAtOnceAndTakenBack() throws {
    var desk = try Desk()
    desk.state.themeNames = ["nord", "standard", "zenburn"]
    desk.press("t j")
    #expect(desk.effects.last == .loadTheme("zenburn"))
    desk.take(
      .themeLoaded(Theme(ThemeFile("theme[main_fg]=\"#123456\"", name: "z"), name: "zenburn"), problem: nil))
    #expect(desk.state.look.theme.name == "zenburn")
    desk.press("escape")
    #expect(desk.state.look.theme.name == "standard")
    desk.press("t enter")
    #expect(desk.effects.last == .keepTheme("standard"))
  }

  @Test func switchesOfTheWholeModelAreSteps() throws {
    var desk = try Desk()
    desk.load()
    desk.press("R space j enter")
    #expect(desk.state.recipe.repair == Repair(meanBias: true, leastSquares: true))
    #expect(desk.screen.dump().contains("[x] Least squares"))
    desk.press("j j space k k space escape")
    #expect(desk.state.overlay == nil)
    #expect(desk.state.recipe == Recipe(repair: Repair(meanBias: true), equalize: true))
    desk.press("u u u")
    #expect(desk.state.recipe == Recipe(repair: Repair(meanBias: true)))
    desk.press("r")
    #expect(desk.state.recipe == .empty)
  }

  @Test func toolsGoRound() throws {
    var desk = try Desk()
    desk.load()
    desk.press("R end")
    desk.press("j j j j j j space")
    #expect(desk.state.recipe == Recipe(mode: .onnxruntime))
    #expect(desk.state.recipe.tensors == .all)
    desk.press("k space k space escape")
    #expect(desk.state.recipe == Recipe(correctsBiases: true, smooth: 0.5, mode: .onnxruntime))
    #expect(desk.screen.dump().contains("smooth, correct biases, as onnxruntime"))
    desk.press("r")
    #expect(desk.state.recipe == .empty)
    desk.press("R j j j j j j space space space space")
    #expect(desk.state.recipe == .empty)
  }

  @Test func helpScrollsOnSmallScreens() throws {
    var desk = try Desk(80, 24)
    desk.press("?")
    #expect(desk.screen.dump().contains("Where"))
    desk.press("end")
    #expect(desk.screen.dump().contains("quit; everything is kept"))
    desk.press("escape")
    #expect(desk.state.overlay == nil)
  }
}
