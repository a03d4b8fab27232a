/// One cell of the screen: a character and its style.
///
/// A cell is twenty bytes of plain data, so that a whole screen is compared and painted without touching
/// a `String`. It holds one scalar and at most one combining mark; further marks are dropped.
public struct Cell: Hashable, Sendable {
  /// The character; U+0000 in the right half of a wide one.
  public let scalar: Unicode.Scalar
  /// A combining mark upon the character, or U+0000.
  public let mark: Unicode.Scalar
  public var style: Style

  public init(_ scalar: Unicode.Scalar = " ", mark: Unicode.Scalar = "\0", style: Style = .plain) {
    self.scalar = scalar
    self.mark = mark
    self.style = style
  }

  /// The right half of a wide character, which is shown by the cell at its left.
  public static func continuation(_ style: Style) -> Cell {
    Cell("\0", style: style)
  }

  public var isContinuation: Bool { scalar.value == 0 }
}
