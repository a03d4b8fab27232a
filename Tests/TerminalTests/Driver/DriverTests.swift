import Terminal
import Testing

@Suite struct DriverTests {
  /// Tests do not run in a terminal, which is just what has to be told.
  @Test func errorsAreOneSentence() {
    let errors: [DriverError] = [
      .notATerminal, .noTerminalType, .unknownTerminalType("nonsense"), .cannotMoveCursor("dumb"),
      .alreadyOpen,
      .system(operation: "pipe", code: 24),
    ]
    for error in errors {
      #expect(error.description.hasSuffix("."))
      #expect(!error.description.contains("\n"))
    }
    #expect(DriverError.unknownTerminalType("nonsense").description.contains("nonsense"))
  }
}
