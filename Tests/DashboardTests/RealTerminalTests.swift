import Compression
import Foundation
import Testing

/// The built program in a real terminal emulator.
@Suite(.serialized, .enabled(if: TerminalEmulator.isInstalled, "tmux is not installed"))
struct RealTerminalTests {
  private func opened(_ columns: Int = 118, _ rows: Int = 30) throws -> TerminalEmulator {
    let terminal = try TerminalEmulator(columns, rows)
    try terminal.start(Sample.path)
    try terminal.wait(for: "exact result") { $0.contains("● exact") }
    return terminal
  }

  /// Nothing of the program is left upon the terminal.
  private func expectRestored(_ terminal: TerminalEmulator, code: Int) throws {
    try terminal.wait(for: "end of the program") { $0.contains("ended with \(code)") }
    // A shell that has only just come back may lose what is typed: it is the terminal that has to be in order.
    var typed = ContinuousClock.now - .seconds(10)
    try terminal.wait(for: "shell") { screen in
      if ContinuousClock.now - typed > .seconds(5) {
        try? terminal.type("echo typing works")
        typed = .now
      }
      return screen.contains("\ntyping works")
    }
    #expect(try terminal.text(of: "before") == terminal.text(of: "after"))
    #expect(try terminal.flag("alternate_on") == "0")
    #expect(try terminal.flag("cursor_flag") == "1")
    #expect(try terminal.flag("mouse_any_flag") == "0")
    #expect(try !terminal.screen.contains("Layers"))
  }

  private func line(_ name: String, of screen: String) -> Substring {
    screen.split(separator: "\n").first { $0.contains(name) } ?? ""
  }

  @Test func wholePath() throws {
    let terminal = try opened()
    #expect(try terminal.flag("alternate_on") == "1")
    let before = line("Accuracy", of: try terminal.screen)
    // To the large layer: most of it away, and four bits for the rest.
    try terminal.press("j", "j", "j", "L", "L", "L", "L", "L", "L", "L", "w", "4", "Enter")
    let after = try terminal.wait(for: "result") {
      $0.contains("● exact") && line("fc1 ", of: $0).contains("70 %") && $0.contains("4 results") == false
        && line("Accuracy", of: $0) != before && !$0.contains("stale")
    }
    #expect(line("Size", of: after).contains("× ") || line("Size", of: after).contains("▾"))
    #expect(line("Size", of: after).contains("KB"))

    for (columns, rows) in [(80, 24), (60, 16), (20, 5), (200, 60), (118, 30)] {
      try terminal.resize(columns, rows)
      try terminal.wait(for: "\(columns)x\(rows)") { screen in
        guard columns >= 60 else { return screen.contains("q quits") }
        return line("fc1 ", of: screen).contains("70 %") && screen.contains("quit")
      }
    }

    try terminal.press("e", "Enter")
    try terminal.wait(for: "export") { $0.contains("Wrote lenet-fashion-pared.onnx") }
    let recipe = try Recipe(json: terminal.text(of: "lenet-fashion-pared.json"))
    #expect(recipe.pruning == [PruningRule(layers: ["fc1"], amount: .fraction(0.7))])
    #expect(recipe.weights == [WeightRule(layers: ["fc1"], bits: 4, granularity: .channel)])
    #expect(
      FileManager.default.fileExists(atPath: terminal.folder.appending(path: "lenet-fashion-pared.onnx").path)
    )

    try terminal.press("q")
    try expectRestored(terminal, code: 0)

    // The next time it is where it was.
    try terminal.start(Sample.path)
    try terminal.wait(for: "last session") { line("fc1 ", of: $0).contains("70 %") }
    try terminal.press("q")
    try terminal.wait(for: "end") { $0.contains("ended with 0") }
  }

  @Test func afterTerm() throws {
    let terminal = try opened()
    try terminal.signal("TERM")
    try expectRestored(terminal, code: 143)
  }

  @Test(arguments: [("SEGV", 139), ("ILL", 132), ("ABRT", 134)])
  func afterACrash(name: String, code: Int) throws {
    let terminal = try opened()
    try terminal.signal(name)
    try expectRestored(terminal, code: code)
  }

  @Test func whatWasKilledComesBackWhereItWas() throws {
    let terminal = try opened()
    try terminal.press("j", "L", "L", "L")
    try terminal.wait(for: "result") { line("conv1 ", of: $0).contains("30 %") && $0.contains("● exact") }
    try terminal.signal("KILL")
    let next = try TerminalEmulator(118, 30, in: terminal.folder)
    try next.start(Sample.path)
    try next.wait(for: "last session") { line("conv1 ", of: $0).contains("30 %") && $0.contains("● exact") }
    try next.press("u")
    try next.wait(for: "undo") { line("conv1 ", of: $0).contains(" 0 %") }
  }

  @Test func suspendsAndGoesOn() throws {
    let terminal = try opened()
    try terminal.press("C-z")
    try terminal.wait(for: "shell") { !$0.contains("Layers") }
    #expect(try terminal.flag("alternate_on") == "0")
    try terminal.type("fg")
    try terminal.wait(for: "screen") { $0.contains("Layers") && $0.contains("● exact") }
    try terminal.press("q")
    try terminal.wait(for: "end") { !$0.contains("Layers") }
    #expect(try terminal.flag("alternate_on") == "0")
  }

  @Test func aTinyTerminalHasAWayOut() throws {
    let terminal = try TerminalEmulator(20, 5)
    try terminal.type("clear")
    try terminal.start(Sample.path)
    try terminal.wait(for: "message") { $0.contains("q quits") }
    try terminal.press("q")
    try terminal.wait(for: "end") { $0.contains("ended with 0") }
  }

  @Test func anUnknownTerminalIsOneSentence() throws {
    let terminal = try TerminalEmulator(100, 20, environment: ["PATH": "/usr/bin:/bin"])
    try terminal.type("TERM=no-such-terminal; export TERM")
    try terminal.start(Sample.path)
    let screen = try terminal.wait(for: "end") { $0.contains("ended with 1") }
    #expect(screen.contains("no-such-terminal"))
    #expect(screen.contains("unknown here"))
  }

  @Test func withoutColorsOrUnicode() throws {
    let terminal = try TerminalEmulator(80, 24, environment: ["LC_ALL": "C", "NO_COLOR": "1"])
    try terminal.start(Sample.path)
    let screen = try terminal.wait(for: "exact result") { $0.contains("* exact") }
    let isASCII = screen.allSatisfy { $0.isASCII }
    #expect(isASCII, "\(screen)")
  }
}
