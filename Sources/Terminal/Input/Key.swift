/// A key as it was pressed.
public struct Key: Hashable, Sendable {
  public var code: Code
  public var modifiers: Modifiers

  public init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
  }

  /// A character key. A capital is its own character, and carries no shift.
  public static func character(_ character: Character, _ modifiers: Modifiers = []) -> Key {
    Key(.character(character), modifiers)
  }

  /// A letter with the control key; terminals cannot tell its case, so it is always lower case.
  public static func control(_ character: Character) -> Key {
    Key(.character(character), .control)
  }

  /// The character, if that is what was typed: without control or alt.
  public var typed: Character? {
    guard case .character(let character) = code, modifiers.isDisjoint(with: [.control, .alt]) else {
      return nil
    }
    return character
  }
}

extension Key {
  public enum Code: Hashable, Sendable {
    case character(Character)
    case up, down, left, right
    case home, end, pageUp, pageDown
    case insert, delete, backspace
    case enter, tab, backTab, escape
    /// F1 is 1.
    case function(Int)
  }

  public struct Modifiers: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    public static let shift = Modifiers(rawValue: 1)
    public static let alt = Modifiers(rawValue: 2)
    public static let control = Modifiers(rawValue: 4)

    /// From the number that xterm sends, which is one more than the bits.
    package init(xterm number: Int) {
      self = number > 1 ? Modifiers(rawValue: UInt8(truncatingIfNeeded: number - 1) & 7) : []
    }
  }
}
