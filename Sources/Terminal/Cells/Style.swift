/// How a cell looks: its two colours and its attributes.
public struct Style: Hashable, Sendable {
  public var foreground: Color
  public var background: Color
  public var attributes: Attributes

  public init(
    _ foreground: Color = .terminal, on background: Color = .terminal, _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  public static let plain = Style()

  /// The same style with `attributes` added.
  public func adding(_ attributes: Attributes) -> Style {
    Style(foreground, on: background, self.attributes.union(attributes))
  }

  /// The same style in another foreground.
  public func with(_ foreground: Color) -> Style {
    Style(foreground, on: background, attributes)
  }

  /// The same style on another background.
  public func on(_ background: Color) -> Style {
    Style(foreground, on: background, attributes)
  }
}

extension Style {
  /// What a terminal can do to a character beside colouring it.
  public struct Attributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let underline = Attributes(rawValue: 4)
    public static let reverse = Attributes(rawValue: 8)
    public static let italic = Attributes(rawValue: 16)
  }
}
