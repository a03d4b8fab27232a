extension Key {
  private static let names: [(code: Code, name: String)] = [
    (.up, "up"), (.down, "down"), (.left, "left"), (.right, "right"), (.home, "home"), (.end, "end"),
    (.pageUp, "pageup"), (.pageDown, "pagedown"), (.insert, "insert"), (.delete, "delete"),
    (.backspace, "backspace"), (.enter, "enter"), (.tab, "tab"), (.backTab, "backtab"), (.escape, "escape"),
    (.character(" "), "space"),
  ]

  /// A key from its name, as a script of keys writes it: `j`, `left`, `shift-left`, `ctrl-c`, `f1`, `space`.
  public init?(name: String) {
    var modifiers: Modifiers = []
    var rest = Substring(name)
    let prefixes: [(String, Modifiers)] = [
      ("shift-", .shift), ("ctrl-", .control), ("alt-", .alt),
    ]
    while let (prefix, modifier) = prefixes.first(where: { rest.hasPrefix($0.0) && rest.count > $0.0.count })
    {
      rest = rest.dropFirst(prefix.count)
      modifiers.insert(modifier)
    }
    if let named = Self.names.first(where: { $0.name == rest }) {
      self.init(named.code, modifiers)
    } else if rest.count == 1, let character = rest.first {
      self.init(.character(character), modifiers)
    } else if rest.first == "f", let number = Int(rest.dropFirst()), (1...24).contains(number) {
      self.init(.function(number), modifiers)
    } else {
      return nil
    }
  }
}

extension Key: CustomStringConvertible {
  /// The name that `init(name:)` reads.
  public var description: String {
    var text = ""
    if modifiers.contains(.control) { text += "ctrl-" }
    if modifiers.contains(.alt) { text += "alt-" }
    if modifiers.contains(.shift) { text += "shift-" }
    if let named = Self.names.first(where: { $0.code == code }) { return text + named.name }
    switch code {
    case .character(let character): return text + String(character)
    case .function(let number): return text + "f\(number)"
    default: return text
    }
  }
}
