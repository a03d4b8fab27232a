/// Upright bars of how often values occur, and a line where they are cut.
public struct Histogram: Widget {
  /// One a bin, from the lowest value to the highest; there may be more or fewer than columns.
  public var counts: [Double]
  /// Where the cut is, from 0 at the left of the first bin to 1 at the right of the last.
  public var cut: Double?
  /// Whether the cut is on both sides of the middle: for weights of either sign, of which the small ones go.
  /// `cut` is then the distance from the middle, 0...1.
  public var isSymmetric: Bool

  public init(_ counts: [Double], cut: Double? = nil, isSymmetric: Bool = false) {
    self.counts = counts
    self.cut = cut
    self.isSymmetric = isSymmetric
  }

  public func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty, !counts.isEmpty else { return }
    let heights = resampled(to: rect.width)
    guard let highest = heights.max(), highest > 0 else { return }
    let bars = look.glyphs.verticalBars
    let levels = rect.height * bars.count
    let lines = cutColumns(rect.width)
    for column in 0..<rect.width {
      // What occurs at all is to be seen.
      let exact = heights[column] / highest * Double(levels)
      let filled = heights[column] > 0 ? max(1, Int(exact.rounded())) : 0
      let isCut = isCut(column, of: rect.width)
      let style = isCut ? look.theme.faint : Style(look.theme.sliderFill)
      for row in 0..<rect.height {
        let point = Point(x: rect.x + column, y: rect.y + rect.height - 1 - row)
        let part = min(bars.count, filled - row * bars.count)
        if part > 0 {
          buffer.put(bars[part - 1], at: point, style: style)
        } else if lines.contains(column) {
          buffer.put(look.glyphs.cut, at: point, style: look.theme.key)
        }
      }
    }
  }

  /// The greatest count of the bins that fall into each column, so that a narrow peak is not lost.
  private func resampled(to width: Int) -> [Double] {
    (0..<width).map { column in
      let first = column * counts.count / width
      let last = max(first + 1, (column + 1) * counts.count / width)
      return counts[first..<last].reduce(0) { max($0, $1.isFinite ? $1 : 0) }
    }
  }

  private func isCut(_ column: Int, of width: Int) -> Bool {
    guard let cut else { return false }
    let place = (Double(column) + 0.5) / Double(width)
    return isSymmetric ? abs(place - 0.5) * 2 < cut : place < cut
  }

  /// The first column that is kept, at each cut.
  private func cutColumns(_ width: Int) -> [Int] {
    (0..<width).filter { column in
      guard !isCut(column, of: width) else { return false }
      let left = column > 0 && isCut(column - 1, of: width)
      let right = column + 1 < width && isCut(column + 1, of: width)
      return left || right
    }
  }
}
