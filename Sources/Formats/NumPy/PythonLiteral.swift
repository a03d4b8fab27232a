/// The few Python literals that a .npy header is made of.
enum PythonLiteral: Equatable {
  case text(String)
  case flag(Bool)
  case numbers([Int])

  /// The entries of `{'key': value, ...}`; nil for anything else.
  static func dictionary(_ text: String) -> [String: PythonLiteral]? {
    var scanner = Scanner(rest: text[...])
    guard scanner.skip("{") else { return nil }
    var entries: [String: PythonLiteral] = [:]
    while !scanner.skip("}") {
      guard case .text(let key)? = scanner.literal(), scanner.skip(":"), let value = scanner.literal() else {
        return nil
      }
      entries[key] = value
      // A comma may follow the last one.
      guard scanner.skip(",") || scanner.rest.trimmingSpaces().hasPrefix("}") else { return nil }
    }
    return scanner.rest.trimmingSpaces().isEmpty ? entries : nil
  }

  private struct Scanner {
    var rest: Substring

    /// Skips `token` and spaces before it, if it comes next.
    mutating func skip(_ token: String) -> Bool {
      rest = rest.trimmingSpaces()
      guard rest.hasPrefix(token) else { return false }
      rest = rest.dropFirst(token.count)
      return true
    }

    mutating func literal() -> PythonLiteral? {
      if skip("True") { return .flag(true) }
      if skip("False") { return .flag(false) }
      if skip("(") { return tuple() }
      for quote in ["'", "\""] where skip(quote) {
        guard let end = rest.firstIndex(of: Character(quote)) else { return nil }
        defer { rest = rest[rest.index(after: end)...] }
        return .text(String(rest[..<end]))
      }
      return nil
    }

    private mutating func tuple() -> PythonLiteral? {
      var numbers: [Int] = []
      while !skip(")") {
        rest = rest.trimmingSpaces()
        let digits = rest.prefix { $0 == "-" || $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        numbers.append(number)
        rest = rest.dropFirst(digits.count)
        // Python 2 wrote long numbers as 3L.
        _ = skip("L")
        guard skip(",") || rest.hasPrefix(")") else { return nil }
      }
      return .numbers(numbers)
    }
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring { drop { $0 == " " || $0 == "\n" || $0 == "\0" } }
}
