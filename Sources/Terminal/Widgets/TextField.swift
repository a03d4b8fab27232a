/// One line of text that is being typed: its state, what keys do to it, and how it is drawn.
public struct TextField: Hashable, Sendable, Widget {
  public private(set) var text: String
  /// How many characters are before the cursor.
  public private(set) var cursor: Int
  /// Shown while the text is empty.
  public var placeholder: String
  /// At most this many characters.
  public var limit: Int

  /// A field with the cursor at the end of `text`.
  public init(_ text: String = "", placeholder: String = "", limit: Int = 4096) {
    self.text = Self.cleaned(text)
    self.placeholder = placeholder
    self.limit = limit
    cursor = self.text.count
  }

  /// Takes a key; false when it means nothing here, as Enter and Escape do.
  public mutating func handle(_ key: Key) -> Bool {
    if let character = key.typed {
      insert(String(character))
      return true
    }
    let isWordwise = !key.modifiers.isDisjoint(with: [.control, .alt])
    switch (key.code, key.modifiers) {
    case (.left, _): cursor = isWordwise ? wordStart : max(0, cursor - 1)
    case (.right, _): cursor = isWordwise ? wordEnd : min(text.count, cursor + 1)
    case (.home, _), (.character("a"), .control): cursor = 0
    case (.end, _), (.character("e"), .control): cursor = text.count
    case (.backspace, _): remove(from: isWordwise ? wordStart : max(0, cursor - 1), to: cursor)
    case (.delete, _), (.character("d"), .control): remove(from: cursor, to: min(text.count, cursor + 1))
    case (.character("w"), .control): remove(from: wordStart, to: cursor)
    case (.character("u"), .control): remove(from: 0, to: cursor)
    case (.character("k"), .control): remove(from: cursor, to: text.count)
    default: return false
    }
    return true
  }

  /// Inserts at the cursor, such as what was pasted. Line ends and other controls are left out.
  public mutating func insert(_ string: String) {
    let new = Self.cleaned(string).prefix(max(0, limit - text.count))
    let after = text.count - cursor
    text.insert(contentsOf: new, at: text.index(text.startIndex, offsetBy: cursor))
    // A combining mark joins the character before it, so counting from the end is what is right.
    cursor = max(0, text.count - after)
  }

  private mutating func remove(from start: Int, to end: Int) {
    guard start < end else { return }
    let first = text.index(text.startIndex, offsetBy: start)
    text.removeSubrange(first..<text.index(first, offsetBy: end - start))
    cursor = min(start, text.count)
  }

  private var wordStart: Int {
    let before = Array(text.prefix(cursor))
    var index = cursor
    while index > 0, !before[index - 1].isPartOfWord { index -= 1 }
    while index > 0, before[index - 1].isPartOfWord { index -= 1 }
    return index
  }

  private var wordEnd: Int {
    let characters = Array(text)
    var index = cursor
    while index < characters.count, !characters[index].isPartOfWord { index += 1 }
    while index < characters.count, characters[index].isPartOfWord { index += 1 }
    return index
  }

  private static func cleaned(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }))
  }

  /// Draws the part of the text around the cursor, and the cursor as a reversed cell.
  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    let style = look.theme.text.adding(.underline)
    buffer.fill(rect.row(0), with: Cell(style: style.over(buffer[rect.origin].style)))
    let characters = Array(text)
    // From the left, drop as much as it takes for the cursor to be within.
    var first = 0
    func width(_ range: Range<Int>) -> Int { range.reduce(0) { $0 + String(characters[$1]).columns } }
    while first < cursor, width(first..<cursor) >= rect.width { first += 1 }
    if text.isEmpty {
      buffer.write(placeholder, in: rect.row(0), style: look.theme.faint.adding(.underline))
    }
    buffer.write(String(characters[first...]), at: rect.origin, style: style, maxWidth: rect.width)
    let place = Rect(x: rect.x + width(first..<cursor), y: rect.y, width: 1, height: 1)
    buffer.restyle(place) { $0.attributes.insert(.reverse) }
  }
}

extension Character {
  fileprivate var isPartOfWord: Bool { isLetter || isNumber }
}
