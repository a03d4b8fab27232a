/// A theme as it is written: `theme[key]="colour"` a line, in the grammar of btop's themes.
///
/// A line that begins with `#` is a comment, and so is what follows the colour. Colours are as
/// `Color.init(themeText:)` reads them, in double or single quotes or bare.
public struct ThemeFile: Hashable, Sendable {
  /// A line that could not be understood; the rest of the file counts all the same.
  public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public let line: Int
    public let message: String

    public var description: String { "\(file):\(line): \(message)" }
  }

  /// What each key was set to; `.terminal` where the text was empty.
  public let colors: [String: Color]
  public let problems: [Problem]

  /// Reads `text`; `name` is how problems call the file.
  public init(_ text: String, name: String) {
    var colors: [String: Color] = [:]
    var problems: [Problem] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      switch Self.read(line) {
      case .success(nil): break
      case .success((let key, let color)?): colors[key] = color
      case .failure(let fault):
        problems.append(Problem(file: name, line: index + 1, message: fault.message))
      }
    }
    self.colors = colors
    self.problems = problems
  }

  private struct Fault: Error {
    let message: String
  }

  private static func read(_ line: Substring) -> Result<(String, Color)?, Fault> {
    let line = line.trimmed
    if line.isEmpty || line.hasPrefix("#") || line.hasPrefix("\u{feff}#") { return .success(nil) }
    guard line.hasPrefix("theme["), let close = line.firstIndex(of: "]") else {
      return .failure(Fault(message: "expected theme[key]=\"colour\""))
    }
    let key = String(line[line.index(line.startIndex, offsetBy: 6)..<close])
    let rest = line[line.index(after: close)...].trimmed
    guard rest.hasPrefix("="), !key.isEmpty else {
      return .failure(Fault(message: "expected theme[key]=\"colour\""))
    }
    let value = rest.dropFirst().trimmed
    let text: String
    if let quote = value.first, quote == "\"" || quote == "'" {
      guard let end = value.dropFirst().firstIndex(of: quote) else {
        return .failure(Fault(message: "the colour of \(key) has no closing quote"))
      }
      text = String(value[value.index(after: value.startIndex)..<end])
    } else {
      text = value
    }
    guard let color = Color(themeText: text) else {
      return .failure(
        Fault(message: "“\(text)” is not a colour for \(key): #RRGGBB, #GG or three numbers up to 255"))
    }
    return .success((key, color))
  }
}
