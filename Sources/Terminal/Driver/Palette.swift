import Foundation

/// Finds the colour of a terminal's palette that is nearest to a given one.
///
/// Nearest in OKLab (Ottosson 2020), where distance is about what the eye sees: in plain RGB a muted blue
/// would come out as grey, and a theme would be lost at sixteen colours.
public struct Palette: Sendable {
  public let depth: ColorDepth
  private let entries: [(index: Int, lab: Lab)]

  public init(_ depth: ColorDepth) {
    self.depth = depth
    let candidates: Range<Int> =
      switch depth {
      case .none, .direct: 0..<0
      case .eight: 0..<8
      case .sixteen: 0..<16
      // The first sixteen are whatever the user made of them; the rest are the same everywhere.
      case .indexed: 16..<256
      }
    entries = candidates.map { ($0, Lab(Self.standard($0))) }
  }

  /// The index of the nearest colour: 0..<8, 16 or 256, or `0xRRGGBB` at direct colour. -1 stands for the
  /// terminal's own, as ncurses has it.
  public func index(of color: Color) -> Int {
    guard let hex = color.hex else { return -1 }
    switch depth {
    case .none: return -1
    // A direct-colour terminal of terminfo takes 0 to 7 for the eight old colours.
    case .direct: return max(Int(hex), 8)
    default: break
    }
    let lab = Lab(hex)
    var best = 0
    var least = Double.infinity
    for entry in entries {
      let distance = entry.lab.distance(to: lab)
      if distance < least {
        least = distance
        best = entry.index
      }
    }
    return best
  }

  /// The indices of a text's two colours, which are never the same: with few colours, or with a colour of the
  /// theme on itself, a text would vanish, so it takes a grey that can be seen.
  public func indices(_ foreground: Color, on background: Color) -> (foreground: Int, background: Int) {
    var front = index(of: foreground)
    let back = index(of: background)
    if front == back, let hex = background.hex, depth != .none {
      let isDark = Lab(hex).lightness < 0.6
      front =
        switch depth {
        case .direct: isDark ? 0xbcbcbc : 0x444444
        case .indexed: isDark ? 250 : 238
        case .sixteen: isDark ? 8 : 7
        default: isDark ? 7 : 0
        }
      // The grey itself may be the background.
      if front == back { front = isDark ? 7 : 0 }
    }
    return (front, back)
  }

  /// xterm's colour `index` as `0xRRGGBB`.
  static func standard(_ index: Int) -> UInt32 {
    let sixteen: [UInt32] = [
      0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
      0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
    ]
    switch index {
    case ..<16: return sixteen[index]
    case ..<232:
      let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
      let number = index - 16
      return levels[number / 36] << 16 | levels[number / 6 % 6] << 8 | levels[number % 6]
    default:
      return UInt32(8 + 10 * (index - 232)) * 0x010101
    }
  }
}

/// A colour in OKLab.
private struct Lab {
  let lightness: Double
  let a: Double
  let b: Double

  init(_ hex: UInt32) {
    let red = Self.linear(hex >> 16 & 0xff)
    let green = Self.linear(hex >> 8 & 0xff)
    let blue = Self.linear(hex & 0xff)
    let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
  }

  func distance(to other: Lab) -> Double {
    let lightness = lightness - other.lightness
    let a = a - other.a
    let b = b - other.b
    return lightness * lightness + a * a + b * b
  }

  private static func linear(_ level: UInt32) -> Double {
    let value = Double(level) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
