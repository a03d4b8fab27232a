/// A colour as the views think of it; the driver finds the nearest one that the terminal can show.
public enum Color: Hashable, Sendable {
  /// The terminal's own: its default foreground or background, whatever the user chose.
  case terminal
  /// Red, green and blue, each 0...255, as in sRGB.
  case rgb(UInt8, UInt8, UInt8)

  /// A colour from `0xRRGGBB`.
  public init(hex: UInt32) {
    self = .rgb(UInt8(hex >> 16 & 0xff), UInt8(hex >> 8 & 0xff), UInt8(hex & 0xff))
  }

  /// `0xRRGGBB`, or nil for the terminal's own.
  public var hex: UInt32? {
    switch self {
    case .terminal: nil
    case .rgb(let red, let green, let blue): UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }
  }
}
