/// A screen of cells, or a part of one, that views draw into.
///
/// All drawing is clipped to `clip`: what lies outside is dropped, so a view need not know how much room
/// there is. Two rules make themes simple: text whose foreground is `.terminal` takes the foreground of
/// `base`, and text whose background is `.terminal` keeps the background it is written upon.
public struct Buffer: Hashable, Sendable {
  public let size: Size
  /// The style of an untouched cell.
  public let base: Style
  /// Drawing outside this is dropped.
  public private(set) var clip: Rect
  /// Row by row; `size.columns * size.rows` of them.
  public package(set) var cells: [Cell]

  /// A blank screen in the style `base`.
  public init(size: Size, base: Style = .plain) {
    self.size = size
    self.base = base
    clip = Rect(size)
    cells = Array(repeating: Cell(style: base), count: size.columns * size.rows)
  }

  /// The whole of the buffer.
  public var bounds: Rect { Rect(size) }

  /// The cell at `point`. Reading outside the buffer gives a blank; writing outside `clip` does nothing.
  ///
  /// Half of a wide character cannot stand alone: overwriting one half blanks the other.
  public subscript(point: Point) -> Cell {
    get {
      guard bounds.contains(point) else { return Cell(style: base) }
      return cells[point.y * size.columns + point.x]
    }
    set {
      guard clip.contains(point) else { return }
      let index = point.y * size.columns + point.x
      let old = cells[index]
      if old.isContinuation, point.x > 0 {
        cells[index - 1] = Cell(style: cells[index - 1].style)
      }
      if point.x + 1 < size.columns, cells[index + 1].isContinuation {
        cells[index + 1] = Cell(style: cells[index + 1].style)
      }
      cells[index] = newValue
    }
  }

  /// Draws with everything outside `rect` clipped away.
  public mutating func clipped(to rect: Rect, _ draw: (inout Buffer) -> Void) {
    let outer = clip
    clip = outer.intersection(rect)
    draw(&self)
    clip = outer
  }

  /// Fills `rect` with one cell, exactly as it is.
  public mutating func fill(_ rect: Rect, with cell: Cell) {
    let area = rect.intersection(clip)
    for y in area.ys {
      for x in area.xs {
        self[Point(x: x, y: y)] = cell
      }
    }
  }

  /// Makes `rect` blank, in the base style or another.
  public mutating func clear(_ rect: Rect, style: Style? = nil) {
    fill(rect, with: Cell(style: style ?? base))
  }

  /// Changes the style of what is already in `rect`: to shade it, or to mark a row as selected.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let area = rect.intersection(clip)
    for y in area.ys {
      for x in area.xs {
        change(&cells[y * size.columns + x].style)
      }
    }
  }

  /// Copies all of `other` so that its top left cell comes to `point`.
  public mutating func blit(_ other: Buffer, at point: Point) {
    for y in 0..<other.size.rows {
      for x in 0..<other.size.columns {
        let cell = other.cells[y * other.size.columns + x]
        if cell.isContinuation, x > 0 {
          writeContinuation(at: Point(x: point.x + x, y: point.y + y), style: cell.style)
        } else {
          self[Point(x: point.x + x, y: point.y + y)] = cell
        }
      }
    }
    blankLoneHalves(in: Rect(x: point.x, y: point.y, width: other.size.columns, height: other.size.rows))
  }

  /// Puts the right half of a wide character beside its left half, without blanking that.
  package mutating func writeContinuation(at point: Point, style: Style) {
    guard clip.contains(point) else { return }
    let index = point.y * size.columns + point.x
    if point.x + 1 < size.columns, cells[index + 1].isContinuation {
      cells[index + 1] = Cell(style: cells[index + 1].style)
    }
    cells[index] = .continuation(style)
  }

  /// After a copy that was clipped: a half whose other half was cut away becomes a blank.
  private mutating func blankLoneHalves(in rect: Rect) {
    let area = rect.intersection(clip)
    guard !area.isEmpty else { return }
    for y in area.ys {
      for x in [area.x, area.x + area.width - 1] {
        let index = y * size.columns + x
        let cell = cells[index]
        let hasLeft = x > 0 && cells[index - 1].scalar.columns == 2 && !cells[index - 1].isContinuation
        let hasRight = x + 1 < size.columns && cells[index + 1].isContinuation
        let isLone = cell.isContinuation ? !hasLeft : cell.scalar.columns == 2 && !hasRight
        if isLone { cells[index] = Cell(style: cell.style) }
      }
    }
  }
}
