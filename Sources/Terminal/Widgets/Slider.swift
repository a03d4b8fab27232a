/// A track with a thumb: `├━━━━━●┄┄┄┼┄┤`.
///
/// The value is not part of it: the caller prints that beside it, always, since a column shows it only roughly.
public struct Slider: Widget {
  public var scale: SliderScale
  public var tick: Int
  /// Marked on the track.
  public var defaultTick: Int?
  /// What the track is coloured by, from its lowest to its highest value, as many as there are: so it shows
  /// what would be at other positions. Where a colour is nil, nothing is known.
  public var colors: [Color?]
  public var isFocused: Bool
  public var isEnabled: Bool

  public init(
    _ scale: SliderScale, at tick: Int, default defaultTick: Int? = nil, colors: [Color?] = [],
    isFocused: Bool = false, isEnabled: Bool = true
  ) {
    self.scale = scale
    self.tick = tick
    self.defaultTick = defaultTick
    self.colors = colors
    self.isFocused = isFocused
    self.isEnabled = isEnabled
  }

  /// The columns that stand for values, within the ends. In a narrow space there are no ends.
  public static func track(in rect: Rect) -> Rect {
    rect.width >= 5 ? rect.inset(columns: 1).row(0) : rect.row(0)
  }

  /// The tick that the mouse means by a point. A drag may leave the row, and the track at its ends.
  public func tick(at point: Point, in rect: Rect) -> Int {
    let track = Self.track(in: rect)
    return scale.tick(atColumn: point.x - track.x, columns: track.width)
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let track = Self.track(in: rect)
    guard !track.isEmpty else { return }
    let glyphs = look.glyphs
    let theme = look.theme
    if track.width < rect.width {
      let style = isFocused ? theme.key : theme.faint
      buffer.put(glyphs.trackStart, at: rect.origin, style: style)
      buffer.put(glyphs.trackEnd, at: Point(x: rect.x + rect.width - 1, y: rect.y), style: style)
    }
    let thumb = scale.column(of: tick, columns: track.width)
    let mark = defaultTick.map { scale.column(of: $0, columns: track.width) }
    for column in 0..<track.width {
      let point = Point(x: track.x + column, y: track.y)
      if column == thumb {
        buffer.put(glyphs.thumb, at: point, style: thumbStyle(theme))
        continue
      }
      let isFilled = column < thumb
      let glyph =
        switch (column == mark, isFilled) {
        case (true, true): glyphs.defaultMarkFilled
        case (true, false): glyphs.defaultMark
        case (false, true): glyphs.trackFilled
        case (false, false): glyphs.trackEmpty
        }
      buffer.put(
        glyph, at: point, style: trackStyle(theme, column: column, of: track.width, isFilled: isFilled))
    }
  }

  private func thumbStyle(_ theme: Theme) -> Style {
    guard isEnabled else { return theme.faint }
    return isFocused ? theme.key : Style(theme.sliderThumb, .bold)
  }

  private func trackStyle(_ theme: Theme, column: Int, of columns: Int, isFilled: Bool) -> Style {
    guard isEnabled, !theme.isMonochrome else { return theme.faint }
    if !colors.isEmpty {
      let index = columns > 1 ? (column * (colors.count - 1) * 2 + columns - 1) / (2 * (columns - 1)) : 0
      if let color = colors[min(index, colors.count - 1)] { return Style(color) }
    }
    return Style(isFilled ? theme.sliderFill : theme.sliderTrack)
  }
}
