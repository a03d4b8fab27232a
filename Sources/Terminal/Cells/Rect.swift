/// A rectangle of cells; its extent is never negative.
public struct Rect: Hashable, Sendable {
  public let x: Int
  public let y: Int
  public let width: Int
  public let height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The whole of an area of `size`.
  public init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  public static let empty = Rect(x: 0, y: 0, width: 0, height: 0)

  public var isEmpty: Bool { width == 0 || height == 0 }
  public var origin: Point { Point(x: x, y: y) }
  public var size: Size { Size(columns: width, rows: height) }
  public var xs: Range<Int> { x..<(x + width) }
  public var ys: Range<Int> { y..<(y + height) }

  public func contains(_ point: Point) -> Bool {
    xs.contains(point.x) && ys.contains(point.y)
  }

  /// What this rectangle and `other` have in common; empty when they only touch.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top,
      width: min(x + width, other.x + other.width) - left,
      height: min(y + height, other.y + other.height) - top)
  }

  /// The rectangle without `columns` at each side and `rows` at top and bottom.
  public func inset(columns: Int = 0, rows: Int = 0) -> Rect {
    Rect(
      x: x + min(columns, width), y: y + min(rows, height),
      width: width - 2 * columns, height: height - 2 * rows)
  }

  /// Row `index` of the rectangle, counted from its own top; empty when it has no such row.
  public func row(_ index: Int) -> Rect {
    guard index >= 0, index < height else { return Rect(x: x, y: y, width: 0, height: 0) }
    return Rect(x: x, y: y + index, width: width, height: 1)
  }

  /// A rectangle of at most `columns` x `rows`, in the middle of this one.
  public func centered(columns: Int, rows: Int) -> Rect {
    let width = min(columns, self.width)
    let height = min(rows, self.height)
    return Rect(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width, height: height)
  }
}
