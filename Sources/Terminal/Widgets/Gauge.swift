/// A bar that is filled from the left, to an eighth of a column.
public struct Gauge: Widget {
  /// 0...1.
  public var fraction: Double
  /// Each column takes the colour of its place; nil for the colour of sliders.
  public var gradient: Gradient?

  public init(_ fraction: Double, gradient: Gradient? = nil) {
    self.fraction = fraction
    self.gradient = gradient
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    let bars = look.glyphs.horizontalBars
    let clamped = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    let filled = Int((clamped * Double(rect.width * bars.count)).rounded())
    for column in 0..<rect.width {
      let point = Point(x: rect.x + column, y: rect.y)
      let part = min(bars.count, filled - column * bars.count)
      if part > 0 {
        let place = rect.width > 1 ? Double(column) / Double(rect.width - 1) : clamped
        buffer.put(bars[part - 1], at: point, style: Style(gradient?[place] ?? look.theme.sliderFill))
      } else {
        buffer.put(look.glyphs.gaugeEmpty, at: point, style: Style(look.theme.meterBackground))
      }
    }
  }
}
