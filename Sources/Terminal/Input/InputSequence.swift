/// The first thing in a run of bytes from the terminal.
///
/// The grammar is that of ECMA-48, with xterm's keys and the older ways in which rxvt, the Linux console and
/// VT220s send theirs.
package enum InputSequence: Equatable {
  case event(Event, length: Int)
  /// Complete, and nothing to us: a reply, or an unknown key.
  case ignored(length: Int)
  case pasteBegins(length: Int)
  case incomplete

  package static func first(of bytes: ArraySlice<UInt8>) -> InputSequence {
    guard let first = bytes.first else { return .incomplete }
    switch first {
    case 0x1b: return escape(bytes)
    case 0x00: return .event(.key(.control(" ")), length: 1)
    case 0x08, 0x7f: return .event(.key(Key(.backspace)), length: 1)
    case 0x09: return .event(.key(Key(.tab)), length: 1)
    case 0x0a, 0x0d: return .event(.key(Key(.enter)), length: 1)
    case 0x01...0x1a: return .event(.key(.control(Character(Unicode.Scalar(first + 0x60)))), length: 1)
    case 0x1c...0x1f: return .event(.key(.control(Character(Unicode.Scalar(first + 0x40)))), length: 1)
    default: return character(bytes)
    }
  }

  /// Whether these bytes are one or more whole sequences but for the ESC of the first.
  package static func isTail(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2, bytes[0] == UInt8(ascii: "[") || bytes[0] == UInt8(ascii: "O") else {
      return false
    }
    switch first(of: [0x1b] + bytes) {
    case .event(let event, let length):
      if case .key(let key) = event, key.typed != nil { return false }
      return length == bytes.count + 1 || bytes[length - 1] == 0x1b
    default: return false
    }
  }

  /// One character of UTF-8; a byte that cannot begin one is dropped.
  private static func character(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    let first = bytes[bytes.startIndex]
    let length =
      switch first {
      case ..<0x80: 1
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 0
      }
    guard length > 0 else { return .ignored(length: 1) }
    let available = bytes.prefix(length)
    if let wrong = available.dropFirst().firstIndex(where: { $0 & 0xc0 != 0x80 }) {
      return .ignored(length: wrong - bytes.startIndex)
    }
    guard available.count == length else { return .incomplete }
    guard let text = String(validating: available, as: UTF8.self), let character = text.first else {
      return .ignored(length: length)
    }
    return .event(.key(.character(character)), length: length)
  }

  private static func escape(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    let rest = bytes.dropFirst()
    guard let second = rest.first else { return .incomplete }
    switch second {
    case UInt8(ascii: "["): return ControlSequence.parse(bytes)
    case UInt8(ascii: "O"): return singleShift(bytes)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      return string(bytes)
    case 0x1b:
      // rxvt sends ESC before the sequence of a key that is pressed with alt.
      guard let third = rest.dropFirst().first else { return .incomplete }
      guard third == UInt8(ascii: "[") || third == UInt8(ascii: "O") else {
        return .event(.key(Key(.escape)), length: 1)
      }
      return escape(rest).addingAlt
    default:
      return first(of: rest).addingAlt
    }
  }

  private var addingAlt: InputSequence {
    switch self {
    case .event(.key(let key), let length):
      .event(.key(Key(key.code, key.modifiers.union(.alt))), length: length + 1)
    case .event(let event, let length): .event(event, length: length + 1)
    case .ignored(let length): .ignored(length: length + 1)
    case .pasteBegins(let length): .pasteBegins(length: length + 1)
    case .incomplete: .incomplete
    }
  }

  /// ESC O: the keys of application mode and of the keypad, perhaps with a modifier's number before the letter.
  private static func singleShift(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    let rest = bytes.dropFirst(2)
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard let final = rest.dropFirst(digits.count).first else { return .incomplete }
    let length = 3 + digits.count
    guard (0x20...0x7e).contains(final) else { return .ignored(length: length - 1) }
    let modifiers = Key.Modifiers(xterm: Int(String(decoding: digits, as: UTF8.self)) ?? 1)
    switch final {
    case UInt8(ascii: "a")...UInt8(ascii: "d"):
      // rxvt's arrows with control.
      guard let code = ControlSequence.code(forFinal: final - 0x20) else { return .ignored(length: length) }
      return .event(.key(Key(code, .control)), length: length)
    case UInt8(ascii: "M"):
      return .event(.key(Key(.enter, modifiers)), length: length)
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      return .event(.key(.character(Character(Unicode.Scalar(final - 0x40)), modifiers)), length: length)
    default:
      guard let code = ControlSequence.code(forFinal: final) else { return .ignored(length: length) }
      return .event(.key(Key(code, modifiers)), length: length)
    }
  }

  /// OSC, DCS and their like: replies, up to ST or BEL.
  private static func string(_ bytes: ArraySlice<UInt8>) -> InputSequence {
    var index = bytes.startIndex + 2
    while index < bytes.endIndex {
      if bytes[index] == 0x07 { return .ignored(length: index + 1 - bytes.startIndex) }
      if bytes[index] == 0x1b {
        guard index + 1 < bytes.endIndex else { return .incomplete }
        let isTerminator = bytes[index + 1] == UInt8(ascii: "\\")
        return .ignored(length: index + (isTerminator ? 2 : 0) - bytes.startIndex)
      }
      index += 1
    }
    return .incomplete
  }
}
