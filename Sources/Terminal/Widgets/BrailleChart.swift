/// Points and lines over two axes: `size` against accuracy, say.
public struct BrailleChart: Widget {
  /// One set of points.
  public struct Series: Sendable {
    public enum Form: Hashable, Sendable { case dots, line, steps }

    public var points: [(x: Double, y: Double)]
    public var form: Form
    public var color: Color

    public init(_ points: [(x: Double, y: Double)], form: Form = .dots, color: Color) {
      self.points = points
      self.form = form
      self.color = color
    }
  }

  /// A single point with a sign of its own, and perhaps a name beside it.
  public struct Mark: Sendable {
    public var x: Double
    public var y: Double
    public var glyph: Unicode.Scalar
    public var label: String
    public var style: Style

    public init(x: Double, y: Double, glyph: Unicode.Scalar, label: String = "", style: Style) {
      self.x = x
      self.y = y
      self.glyph = glyph
      self.label = label
      self.style = style
    }
  }

  public var series: [Series]
  public var marks: [Mark]
  /// What the axes span; nil for just what is there.
  public var xRange: ClosedRange<Double>?
  public var yRange: ClosedRange<Double>?
  /// Write the numbers at the axes.
  public var xLabel: @Sendable (Double) -> String
  public var yLabel: @Sendable (Double) -> String

  public init(
    _ series: [Series], marks: [Mark] = [], xRange: ClosedRange<Double>? = nil,
    yRange: ClosedRange<Double>? = nil,
    xLabel: @escaping @Sendable (Double) -> String = { $0.text(upTo: 2) },
    yLabel: @escaping @Sendable (Double) -> String = { $0.text(upTo: 2) }
  ) {
    self.series = series
    self.marks = marks
    self.xRange = xRange
    self.yRange = yRange
    self.xLabel = xLabel
    self.yLabel = yLabel
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    let all = series.flatMap(\.points) + marks.map { ($0.x, $0.y) }
    let finite = all.filter { $0.0.isFinite && $0.1.isFinite }
    guard let xs = xRange ?? Self.span(finite.map(\.0)), let ys = yRange ?? Self.span(finite.map(\.1)) else {
      return
    }
    let area = drawAxes(xs, ys, in: rect, on: &buffer, look: look)
    guard !area.isEmpty else { return }
    var canvas = BrailleCanvas(size: area.size)
    func dot(_ point: (x: Double, y: Double)) -> (x: Int, y: Int)? {
      guard let x = Self.place(point.x, in: xs, of: canvas.dotColumns),
        let y = Self.place(point.y, in: ys, of: canvas.dotRows)
      else { return nil }
      return (x, canvas.dotRows - 1 - y)
    }
    for one in series {
      let dots = one.points.compactMap(dot)
      switch one.form {
      case .dots:
        for dot in dots { canvas.set(x: dot.x, y: dot.y, color: one.color) }
      case .line, .steps:
        if dots.count == 1 { canvas.set(x: dots[0].x, y: dots[0].y, color: one.color) }
        for (start, end) in zip(dots, dots.dropFirst()) {
          let corner = one.form == .steps ? (x: end.x, y: start.y) : end
          canvas.line(from: start, to: corner, color: one.color)
          canvas.line(from: corner, to: end, color: one.color)
        }
      }
    }
    canvas.draw(at: area.origin, on: &buffer, glyphs: look.glyphs)
    for mark in marks {
      guard let place = dot((mark.x, mark.y)) else { continue }
      draw(mark, at: Point(x: area.x + place.x / 2, y: area.y + place.y / 4), in: area, on: &buffer)
    }
  }

  private func draw(_ mark: Mark, at point: Point, in area: Rect, on buffer: inout Buffer) {
    buffer.put(mark.glyph, at: point, style: mark.style)
    let columns = mark.label.columns
    guard columns > 0 else { return }
    let fitsRight = point.x + 1 + columns <= area.x + area.width
    let start = fitsRight ? point.x + 1 : point.x - columns
    if start >= area.x { buffer.write(mark.label, at: Point(x: start, y: point.y), style: mark.style) }
  }

  /// Draws the axes as far as there is room for them, and returns what is left for the points.
  private func drawAxes(
    _ xs: ClosedRange<Double>, _ ys: ClosedRange<Double>, in rect: Rect, on buffer: inout Buffer, look: Look
  ) -> Rect {
    let texts = [yLabel(ys.upperBound), yLabel(ys.lowerBound)]
    let labelWidth = texts.map(\.columns).max() ?? 0
    let hasY = rect.width >= labelWidth + 2 + 8
    let hasX = rect.height >= 4
    let left = hasY ? labelWidth + 2 : 0
    let area = Rect(
      x: rect.x + left, y: rect.y, width: rect.width - left, height: rect.height - (hasX ? 1 : 0))
    let style = Style(look.theme.graphText, look.theme.isMonochrome ? .dim : [])
    if hasY {
      for y in area.ys {
        let isEnd = y == area.y || y == area.y + area.height - 1
        buffer.put(
          isEnd ? look.glyphs.axisTick : look.glyphs.vertical, at: Point(x: area.x - 1, y: y), style: style)
      }
      buffer.write(
        texts[0], in: Rect(x: rect.x, y: area.y, width: labelWidth, height: 1), .trailing, style: style)
      if area.height > 1 {
        let last = Rect(x: rect.x, y: area.y + area.height - 1, width: labelWidth, height: 1)
        buffer.write(texts[1], in: last, .trailing, style: style)
      }
    }
    if hasX {
      let row = Rect(x: area.x, y: area.y + area.height, width: area.width, height: 1)
      let low = xLabel(xs.lowerBound)
      let high = xLabel(xs.upperBound)
      if low.columns + high.columns < area.width {
        buffer.write(low, in: row, style: style)
        buffer.write(high, in: row, .trailing, style: style)
      }
    }
    return area
  }

  /// From the least to the greatest; around a single value there is some air.
  private static func span(_ values: [Double]) -> ClosedRange<Double>? {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    guard least == greatest else { return least...greatest }
    let air = max(abs(least) * 0.05, 0.5)
    return (least - air)...(greatest + air)
  }

  private static func place(_ value: Double, in range: ClosedRange<Double>, of count: Int) -> Int? {
    let span = range.upperBound - range.lowerBound
    guard value.isFinite, range.contains(value), count > 0 else { return nil }
    return span > 0 ? Int(((value - range.lowerBound) / span * Double(count - 1)).rounded()) : count / 2
  }
}
