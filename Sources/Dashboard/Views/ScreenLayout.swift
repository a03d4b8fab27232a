import Terminal

/// Where the parts of the screen are. A part that there is no room for is empty.
///
/// From 118 columns there are two panes side by side; in less, the result stands beneath the layers, and the rest
/// where something is left.
package struct ScreenLayout: Hashable, Sendable {
  package var header = Rect.empty
  package var layers = Rect.empty
  package var detail = Rect.empty
  package var result = Rect.empty
  package var chart = Rect.empty
  package var moves = Rect.empty
  /// One line of text: what went wrong, or what the focused slider means.
  package var status = Rect.empty
  package var keys = Rect.empty

  package static let minimum = Size(columns: 60, rows: 16)
  static let twoPaneWidth = 118

  package static func isTooSmall(_ size: Size) -> Bool {
    size.columns < minimum.columns || size.rows < minimum.rows
  }

  package init(_ state: State) {
    self.init(state.size, layerCount: state.subject.layers.count)
  }

  package init(_ size: Size, layerCount: Int) {
    guard !Self.isTooSmall(size) else { return }
    let screen = Rect(size)
    header = screen.row(0)
    keys = screen.row(size.rows - 1)
    // In few rows the line of keys makes way when there is something to tell.
    let hasStatus = size.rows >= 20
    status = hasStatus ? screen.row(size.rows - 2) : keys
    let body = Rect(x: 0, y: 1, width: size.columns, height: size.rows - (hasStatus ? 3 : 2))
    // A frame, a line of titles, and the master.
    let wanted = layerCount + 4
    if size.columns >= Self.twoPaneWidth {
      layOutPanes(body, wanted: wanted)
    } else {
      stack(body, wanted: wanted)
    }
  }

  private mutating func layOutPanes(_ body: Rect, wanted: Int) {
    let right = min(76, max(46, body.width * 38 / 100))
    let left = body.width - right
    var heights = (layers: min(wanted, body.height), detail: 0, moves: 0)
    // Something of the focused layer is to be seen, however many there are.
    if body.height - heights.layers < 8 { heights.layers = max(min(wanted, 7), body.height - 8) }
    let rest = body.height - heights.layers
    heights.detail = rest
    if rest >= 17 {
      heights.detail = min(16, max(10, rest * 45 / 100))
      heights.moves = rest - heights.detail
    }
    let column = Rect(x: 0, y: body.y, width: left, height: body.height)
    (layers, detail, moves) = Self.slices(of: column, heights.layers, heights.detail, heights.moves)
    let wantedResult = ResultView.fullHeight
    let other = Rect(x: left, y: body.y, width: right, height: body.height)
    let isChartable = body.height - wantedResult >= 7
    result = Rect(
      x: other.x, y: other.y, width: right, height: isChartable ? wantedResult : body.height)
    chart = Rect(
      x: other.x, y: other.y + result.height, width: right, height: body.height - result.height)
  }

  private mutating func stack(_ body: Rect, wanted: Int) {
    let isBeside = body.width >= 76
    // The result needs two lines of frame and at least the size, the MACs and the accuracy.
    let least = isBeside ? 8 : 6
    let layersHeight = min(wanted, max(6, body.height - least))
    var band = body.height - layersHeight
    var below = 0
    if band >= ResultView.fullHeight + 8 {
      below = band - ResultView.fullHeight
      band = ResultView.fullHeight
    }
    let (top, middle, bottom) = Self.slices(of: body, layersHeight, band, below)
    layers = top
    if isBeside {
      let width = min(48, max(43, body.width * 54 / 100))
      result = Rect(x: middle.x, y: middle.y, width: width, height: middle.height)
      detail = Rect(x: middle.x + width, y: middle.y, width: middle.width - width, height: middle.height)
      chart = bottom
    } else {
      result = middle
      detail = bottom
    }
  }

  private static func slices(of rect: Rect, _ heights: Int...) -> (Rect, Rect, Rect) {
    var y = rect.y
    let parts = heights.map { height -> Rect in
      defer { y += height }
      return height == 0 ? .empty : Rect(x: rect.x, y: y, width: rect.width, height: height)
    }
    return (parts[0], parts[1], parts[2])
  }
}
