/// How many colours a terminal can show.
public enum ColorDepth: String, CaseIterable, Hashable, Sendable {
  /// Attributes only: the terminal has no colours, or the user set `NO_COLOR`.
  case none
  /// The eight colours of ECMA-48.
  case eight
  /// Those and their bright kin.
  case sixteen
  /// xterm's palette: the sixteen, a cube of 6 x 6 x 6, and 24 greys.
  case indexed
  /// Red, green and blue, eight bits each.
  case direct
}
