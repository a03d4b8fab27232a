/// A slider of few values, each with its name: ` 4   5  ‹8› 16   32 `. In little room only the value: `‹8›`.
public struct SnapSlider: Widget {
  public var scale: SliderScale
  public var tick: Int
  public var defaultTick: Int?
  public var isFocused: Bool
  public var isEnabled: Bool

  public init(
    _ scale: SliderScale, at tick: Int, default defaultTick: Int? = nil, isFocused: Bool = false,
    isEnabled: Bool = true
  ) {
    self.scale = scale
    self.tick = tick
    self.defaultTick = defaultTick
    self.isFocused = isFocused
    self.isEnabled = isEnabled
  }

  /// How many columns it takes to show all values.
  public var fullWidth: Int {
    (0...scale.lastTick).reduce(0) { $0 + scale.text(at: $1).columns + 2 }
  }

  /// The values that are shown in `rect`, and where: for the mouse.
  public func stops(in rect: Rect) -> [(tick: Int, rect: Rect)] {
    guard !rect.isEmpty else { return [] }
    guard fullWidth <= rect.width else {
      let width = min(rect.width, scale.text(at: tick).columns + 2)
      return [(tick, Rect(x: rect.x, y: rect.y, width: width, height: 1))]
    }
    var x = rect.x
    return (0...scale.lastTick).map { tick in
      let width = scale.text(at: tick).columns + 2
      defer { x += width }
      return (tick, Rect(x: x, y: rect.y, width: width, height: 1))
    }
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let theme = look.theme
    for (tick, place) in stops(in: rect) {
      let text = scale.text(at: tick)
      guard place.width >= text.columns + 2 else {
        buffer.write(text, in: place, style: theme.strong, ellipsis: look.glyphs.ellipsis)
        continue
      }
      let isCurrent = tick == self.tick
      var style = isCurrent ? (isFocused ? theme.key : theme.strong) : theme.faint
      if !isEnabled { style = theme.faint }
      if tick == defaultTick, !isCurrent { style = style.adding(.underline) }
      buffer.write(text, at: Point(x: place.x + 1, y: place.y), style: style)
      if isCurrent {
        buffer.put(look.glyphs.stopOpen, at: place.origin, style: style)
        buffer.put(look.glyphs.stopClose, at: Point(x: place.x + place.width - 1, y: place.y), style: style)
      }
    }
  }
}
