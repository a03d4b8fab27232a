/// Curves over one axis with the levels that they are measured against, and a line of what is what above them.
public struct CurveChart: Widget {
  public enum Form: Hashable, Sendable { case line, dotted }

  public struct Curve: Sendable {
    public var name: String
    /// What is written behind the name: the latest value, say.
    public var note: String
    public var points: [(x: Double, y: Double)]
    public var color: Color
    /// Curves are told apart by their form too, where there are no colours.
    public var form: Form

    public init(
      _ name: String, note: String = "", _ points: [(x: Double, y: Double)], color: Color, form: Form = .line
    ) {
      self.name = name
      self.note = note
      self.points = points
      self.color = color
      self.form = form
    }
  }

  /// A value that does not change: dashed across the whole width, its name at the right.
  public struct Level: Sendable {
    public var name: String
    public var y: Double
    public var color: Color

    public init(_ name: String, y: Double, color: Color) {
      self.name = name
      self.y = y
      self.color = color
    }
  }

  public var curves: [Curve]
  public var levels: [Level]
  /// Where something changed: drawn from top to bottom.
  public var breaks: [Double]
  public var xRange: ClosedRange<Double>
  public var xLabel: @Sendable (Double) -> String
  public var yLabel: @Sendable (Double) -> String

  public init(
    _ curves: [Curve], levels: [Level] = [], breaks: [Double] = [], xRange: ClosedRange<Double>,
    xLabel: @escaping @Sendable (Double) -> String = { $0.text(upTo: 2) },
    yLabel: @escaping @Sendable (Double) -> String = { $0.text(upTo: 2) }
  ) {
    self.curves = curves
    self.levels = levels
    self.breaks = breaks
    self.xRange = xRange
    self.xLabel = xLabel
    self.yLabel = yLabel
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard rect.height > 1 else { return }
    drawLegend(in: rect.row(0), on: &buffer, look: look)
    let place = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1)
    guard let ys = span else { return }
    var series = breaks.map { x in
      BrailleChart.Series(
        Self.between((x, ys.lowerBound), (x, ys.upperBound), count: 2 * rect.height),
        color: look.theme.graphText)
    }
    var marks: [BrailleChart.Mark] = []
    for level in levels {
      series.append(
        BrailleChart.Series(
          Self.between((xRange.lowerBound, level.y), (xRange.upperBound, level.y), count: rect.width / 2),
          color: level.color))
      let style = Style(level.color, look.theme.isMonochrome ? .dim : [])
      marks.append(
        BrailleChart.Mark(
          x: xRange.upperBound, y: level.y, glyph: look.glyphs.isUnicode ? "╌" : "-", label: level.name,
          style: style))
    }
    for curve in curves {
      series.append(
        BrailleChart.Series(
          curve.form == .line ? curve.points : Self.dotted(curve.points, over: xRange, columns: rect.width),
          form: curve.form == .line ? .line : .dots, color: curve.color))
      if let last = curve.points.last {
        marks.append(
          BrailleChart.Mark(
            x: last.x, y: last.y, glyph: curve.form == .line ? look.glyphs.dot : look.glyphs.hollowDot,
            style: Style(curve.color)))
      }
    }
    BrailleChart(series, marks: marks, xRange: xRange, yRange: ys, xLabel: xLabel, yLabel: yLabel)
      .draw(in: place, on: &buffer, look: look)
  }

  private func drawLegend(in rect: Rect, on buffer: inout Buffer, look: Look) {
    func text(_ curve: Curve) -> String { curve.note.isEmpty ? curve.name : "\(curve.name) \(curve.note)" }
    let hasNotes = curves.reduce(-2) { $0 + text($1).columns + 4 } <= rect.width
    var x = rect.x
    for curve in curves {
      let text = hasNotes ? text(curve) : curve.name
      let room = rect.x + rect.width - x
      guard text.columns + 2 <= room else { return }
      buffer.put(
        curve.form == .line ? look.glyphs.dot : look.glyphs.hollowDot, at: Point(x: x, y: rect.y),
        style: Style(curve.color))
      x += 2 + buffer.write(text, at: Point(x: x + 2, y: rect.y), style: look.theme.text) + 2
    }
  }

  /// All that is drawn, with some air above and below.
  private var span: ClosedRange<Double>? {
    let values = (curves.flatMap { $0.points.map(\.y) } + levels.map(\.y)).filter(\.isFinite)
    guard let least = values.min(), let most = values.max() else { return nil }
    let air = max((most - least) * 0.05, abs(most) * 0.001, 1e-9)
    // What is never negative has no axis that is.
    return max(least - air, least < 0 ? -.infinity : 0)...(most + air)
  }

  private static func between(
    _ start: (x: Double, y: Double), _ end: (x: Double, y: Double), count: Int
  ) -> [(x: Double, y: Double)] {
    (0...max(count, 1)).map { index in
      let share = Double(index) / Double(max(count, 1))
      return (start.x + share * (end.x - start.x), start.y + share * (end.y - start.y))
    }
  }

  /// A point every few dots along the curve, however far apart its own are.
  private static func dotted(
    _ points: [(x: Double, y: Double)], over range: ClosedRange<Double>, columns: Int
  ) -> [(x: Double, y: Double)] {
    guard points.count > 1 else { return points }
    let step = (range.upperBound - range.lowerBound) / Double(max(columns * 2 / 3, 1))
    return zip(points, points.dropFirst()).flatMap { start, end in
      between(start, end, count: step > 0 ? Int((abs(end.x - start.x) / step).rounded(.up)) : 1)
    }
  }
}
