/// How everything looks: the theme, the characters to draw with, and how many colours there are.
///
/// Views and widgets take it and ask nothing else about the terminal.
public struct Look: Hashable, Sendable {
  public let theme: Theme
  public let glyphs: Glyphs
  public let depth: ColorDepth

  /// Without colours the theme becomes its monochrome self.
  public init(theme: Theme, glyphs: Glyphs = .unicode, depth: ColorDepth = .direct) {
    self.theme = depth == .none ? theme.monochrome : theme
    self.glyphs = glyphs
    self.depth = depth
  }

  /// A blank screen in the colours of the theme.
  public func blank(_ size: Size) -> Buffer {
    Buffer(size: size, base: theme.base)
  }
}
