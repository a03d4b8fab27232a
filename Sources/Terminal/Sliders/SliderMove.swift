/// How a key moves a slider.
public enum SliderMove: Hashable, Sendable {
  /// So many steps; negative is down.
  case step(Int)
  /// So many times ten steps.
  case coarse(Int)
  /// So many tenths of a step.
  case fine(Int)
  case lowest
  case highest

  /// The move that a key means: arrows and h/l a step, with shift (or H/L) ten, with control a tenth, Home
  /// and End the ends. Nil for any other key.
  public init?(_ key: Key) {
    switch key.code {
    case .left, .right:
      let direction = key.code == .right ? 1 : -1
      if key.modifiers.contains(.control) {
        self = .fine(direction)
      } else if key.modifiers.contains(.shift) {
        self = .coarse(direction)
      } else {
        self = .step(direction)
      }
    case .character("h") where key.modifiers.isEmpty: self = .step(-1)
    case .character("l") where key.modifiers.isEmpty: self = .step(1)
    case .character("H"): self = .coarse(-1)
    case .character("L") where !key.modifiers.contains(.control): self = .coarse(1)
    case .home: self = .lowest
    case .end: self = .highest
    default: return nil
    }
  }
}
