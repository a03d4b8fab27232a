/// A line of bars, a value a column: the last that fit, the newest at the right.
public struct Sparkline: Widget {
  public var values: [Double]
  /// What the lowest and the highest bar stand for; nil for the least and the greatest value.
  public var range: ClosedRange<Double>?
  /// Each bar takes the colour of its height.
  public var gradient: Gradient?

  public init(_ values: [Double], range: ClosedRange<Double>? = nil, gradient: Gradient? = nil) {
    self.values = values
    self.range = range
    self.gradient = gradient
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    let shown = values.suffix(rect.width)
    let finite = shown.filter(\.isFinite)
    guard let least = finite.min(), let greatest = finite.max() else { return }
    let lowest = range?.lowerBound ?? least
    let span = (range?.upperBound ?? greatest) - lowest
    let bars = look.glyphs.verticalBars
    for (column, value) in shown.enumerated() where value.isFinite {
      // All alike is neither low nor high.
      let height = span > 0 ? min(max((value - lowest) / span, 0), 1) : 0.5
      let bar = bars[Int((height * Double(bars.count - 1)).rounded())]
      let style = Style(gradient?[height] ?? look.theme.sliderFill)
      buffer.put(bar, at: Point(x: rect.x + column, y: rect.y), style: style)
    }
  }
}
