/// Why there can be no screen.
public enum DriverError: Error, Hashable, Sendable {
  /// Standard input or output is a file or a pipe.
  case notATerminal
  /// `TERM` is not set.
  case noTerminalType
  /// terminfo does not know what `TERM` names.
  case unknownTerminalType(String)
  /// The terminal cannot put its cursor anywhere, so nothing can be drawn.
  case cannotMoveCursor(String)
  /// A driver exists already; a terminal has one screen.
  case alreadyOpen
  /// The system refused something; `operation` is the call and `code` its `errno`.
  case system(operation: String, code: Int32)
}

extension DriverError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notATerminal:
      "The screen needs a terminal, but standard input or output is not one."
    case .noTerminalType:
      "The screen needs to know the type of the terminal, but TERM is not set."
    case .unknownTerminalType(let name):
      "The terminal type “\(name)” (from TERM) is unknown here; try TERM=xterm-256color."
    case .cannotMoveCursor(let name):
      "The terminal type “\(name)” (from TERM) cannot move its cursor, so there can be no screen on it."
    case .alreadyOpen:
      "The terminal is in use by another screen of this program."
    case .system(let operation, let code):
      "The terminal could not be set up: \(operation) failed with error \(code)."
    }
  }
}
