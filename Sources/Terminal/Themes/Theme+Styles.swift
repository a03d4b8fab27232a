extension Theme {
  /// What a screen is filled with.
  public var base: Style { Style(foreground, on: background) }
  public var text: Style { Style(foreground) }
  public var strong: Style { Style(foreground, .bold) }
  /// Of less weight: units, hints, what does not apply.
  public var faint: Style { Style(inactive, isMonochrome ? .dim : []) }
  public var heading: Style { Style(title, .bold) }
  /// A key that can be pressed.
  public var key: Style { Style(highlight, .bold) }
  /// The row or button that has the focus.
  public var selection: Style {
    isMonochrome ? Style(attributes: .reverse) : Style(selectedForeground, on: selectedBackground, .bold)
  }
  /// A number that is about to change.
  public var outdated: Style { Style(stale, isMonochrome ? .dim : []) }
  public var improved: Style { Style(better, isMonochrome ? .bold : []) }
  public var worsened: Style { Style(worse, isMonochrome ? [.bold, .underline] : .bold) }
  /// A point that no other beats.
  public var onFront: Style { Style(pareto, .bold) }

  public func frameStyle(_ frame: Frame, isFocused: Bool = false) -> Style {
    if isFocused { return Style(highlight, isMonochrome ? .bold : []) }
    return Style(frames[frame] ?? .terminal, isMonochrome ? .dim : [])
  }
}

extension Style {
  /// A style of attributes alone.
  public init(attributes: Attributes) {
    self.init(.terminal, on: .terminal, attributes)
  }
}
