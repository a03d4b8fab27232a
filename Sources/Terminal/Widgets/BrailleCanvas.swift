/// Dots at eight a cell, two across and four down, as braille characters; `*` a cell where there is only ASCII.
public struct BrailleCanvas: Sendable {
  public let size: Size
  private var dots: [UInt8]
  private var colors: [Color]

  public init(size: Size) {
    self.size = size
    dots = Array(repeating: 0, count: size.columns * size.rows)
    colors = Array(repeating: .terminal, count: size.columns * size.rows)
  }

  public var dotColumns: Int { size.columns * 2 }
  public var dotRows: Int { size.rows * 4 }

  /// Sets a dot, counted from the top left; outside there is nothing to set. A cell has the colour of its
  /// last dot.
  public mutating func set(x: Int, y: Int, color: Color) {
    guard x >= 0, y >= 0, x < dotColumns, y < dotRows else { return }
    let index = y / 4 * size.columns + x / 2
    // Unicode numbers the dots down the left column, then down the right, and the lowest row last.
    let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    dots[index] |= bits[y % 4][x % 2]
    colors[index] = color
  }

  /// A straight line between two dots, by Bresenham's algorithm.
  public mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int), color: Color) {
    var (x, y) = start
    let stepX = x < end.x ? 1 : -1
    let stepY = y < end.y ? 1 : -1
    let width = abs(end.x - x)
    let height = -abs(end.y - y)
    var error = width + height
    while true {
      set(x: x, y: y, color: color)
      if x == end.x, y == end.y { return }
      let doubled = 2 * error
      if doubled >= height {
        error += height
        x += stepX
      }
      if doubled <= width {
        error += width
        y += stepY
      }
    }
  }

  /// Draws the cells that have dots; what is beneath the others stays.
  public func draw(at point: Point, on buffer: inout Buffer, glyphs: Glyphs) {
    for y in 0..<size.rows {
      for x in 0..<size.columns {
        let bits = dots[y * size.columns + x]
        guard bits != 0 else { continue }
        let braille = Unicode.Scalar(0x2800 + UInt32(bits)) ?? " "
        buffer.put(
          glyphs.isUnicode ? braille : "*", at: Point(x: point.x + x, y: point.y + y),
          style: Style(colors[y * size.columns + x]))
      }
    }
  }
}
