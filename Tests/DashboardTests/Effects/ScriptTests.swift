import Dashboard
import Foundation
import Terminal
import Testing

struct ScriptTests {
  @Test func wordsAreKeys() throws {
    #expect(try Script("down l\nshift-right # a comment: q") == Script("down l shift-right"))
    #expect(try Script("'37") == Script("3 7"))
    #expect(throws: Failure.self) { try Script("down sideways") }
  }
}

/// The dashboard on a session of its own, without a terminal.
struct DashboardTests {
  @Test func playsAScriptToItsExactResult() throws {
    let dashboard = try Dashboard(Dashboard.Options(path: Sample.path))
    let screen = try dashboard.frame(
      after: "down down down 9 '0% enter w 4 enter wait s", size: Size(columns: 118, rows: 30))
    let text = screen.dump()
    #expect(text.contains("● exact"))
    #expect(text.contains("all 10,000, exact"))
    #expect(text.contains("90 %"))
    #expect(text.contains("4-bit channel symmetric"))
    #expect(text.contains("Saved as snapshot 1."))
  }

  @Test func exportsWhatItShows() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pare-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "small.onnx").path
    let dashboard = try Dashboard(Dashboard.Options(path: Sample.path))
    let screen = try dashboard.frame(
      after: "w 4 enter wait e ctrl-u '\(path) tab ctrl-u enter wait", size: Size(columns: 118, rows: 30))
    #expect(screen.dump().contains("Wrote"))
    let again = try Dashboard(Dashboard.Options(path: path))
    #expect(
      try again.frame(after: "", size: Size(columns: 118, rows: 30)).dump().contains(
        "random inputs, 64 samples"))
  }

  @Test func aModelThatIsNotThereIsOneSentence() {
    let error = #expect(throws: (any Error).self) { try Dashboard(Dashboard.Options(path: "/no/such.onnx")) }
    #expect(error.map { "\($0)".contains("/no/such.onnx") } == true)
  }

  @Test func anUnknownThemeIsOneSentence() {
    var options = Dashboard.Options(path: Sample.path)
    options.theme = "no-such-theme"
    let error = #expect(throws: ThemeError.self) { try Dashboard(options) }
    #expect(error.map { "\($0)".contains("no-such-theme") } == true)
  }
}
