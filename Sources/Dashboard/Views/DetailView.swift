import Compression
import Terminal

/// The focused layer: how its weights are spread, where they are cut, and how they are rounded.
struct DetailView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    guard let layer = state.focus.row.layer else {
      drawAll(in: rect, on: &buffer, look: look)
      return
    }
    let facts = state.subject.layers[layer]
    Box(facts.name, note: "\(facts.shape)", frame: .detail).draw(in: rect, on: &buffer, look: look)
    let inside = Box.inside(rect).inset(columns: 1)
    let lines = DetailLine.all(state, layer: layer)
    if inside.width >= 64 {
      let parts = inside.columns([.flexible(1, minimum: 20), .fixed(34, need: 1)], gap: 3)
      drawHistogram(layer, in: parts[0], on: &buffer, look: look)
      DetailLine.draw(lines, in: parts[1], on: &buffer, look: look)
    } else {
      let height = max(inside.height > 3 ? 2 : 1, inside.height - lines.count)
      let parts = inside.rows([.fixed(height, need: 1), .flexible(1, minimum: 0)])
      drawHistogram(layer, in: parts[0], on: &buffer, look: look)
      DetailLine.draw(lines, in: parts[1], on: &buffer, look: look)
    }
  }

  private func drawHistogram(_ layer: Int, in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard let detail = state.detail, detail.layer == layer else { return }
    let spread = WeightSpread(detail.detail)
    let hasAxis = rect.height >= 4
    let bars = Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height - (hasAxis ? 1 : 0))
    buffer.draw(Histogram(spread.counts, cut: spread.cut, isSymmetric: true), in: bars, look: look)
    guard hasAxis else { return }
    let axis = rect.row(rect.height - 1)
    let end = Double(spread.reach).text(decimals: 3)
    buffer.write("-" + end, in: axis, style: look.theme.faint)
    buffer.write("0", in: axis, .center, style: look.theme.faint)
    buffer.write(end, in: axis, .trailing, style: look.theme.faint)
  }

  /// For all layers at once: what each takes.
  private func drawAll(in rect: Rect, on buffer: inout Buffer, look: Look) {
    Box("All layers", note: "size of each", frame: .detail).draw(in: rect, on: &buffer, look: look)
    let inside = Box.inside(rect).inset(columns: 1)
    let layers = state.cost.layers.enumerated().sorted { $0.element.sizeBytes > $1.element.sizeBytes }
    let largest = Double(state.subject.baseline.layers.map(\.sizeBytes).max() ?? 1)
    let width = min(20, max(4, layers.map { $0.element.name.columns }.max() ?? 4))
    for (row, (_, layer)) in layers.prefix(inside.height).enumerated() {
      let parts = inside.row(row).columns(
        [.fixed(width, need: 2), .flexible(1, minimum: 6, need: 1), .fixed(8, need: 3)], gap: 1)
      let isLast = row == inside.height - 1 && layers.count > inside.height
      guard !isLast else {
        let rest = layers.count - row
        buffer.write("and \(rest) smaller ones", in: inside.row(row), style: look.theme.faint)
        continue
      }
      buffer.write(layer.name, in: parts[0], style: look.theme.text, ellipsis: look.glyphs.ellipsis)
      buffer.draw(
        Gauge(largest > 0 ? Double(layer.sizeBytes) / largest : 0, gradient: look.theme.size), in: parts[1],
        look: look)
      buffer.write(layer.sizeBytes.asBytes, in: parts[2], .trailing, style: look.theme.strong)
    }
  }
}

/// A layer's histogram, widened so that zero is in the middle: pruning takes from both sides of it.
struct WeightSpread {
  /// The largest magnitude.
  let reach: Float
  let counts: [Double]
  /// The cut's distance from the middle, as a fraction of `reach`.
  let cut: Double?

  init(_ detail: LayerDetail) {
    let reach = max(abs(detail.low), abs(detail.high), .leastNormalMagnitude)
    self.reach = reach
    cut = detail.threshold.map { Double($0 / reach) }
    let bins = max(1, detail.histogram.count)
    let width = (detail.high - detail.low) / Float(bins)
    guard width > 0 else {
      counts = [0, Double(detail.weights), 0]
      return
    }
    var counts = Array(repeating: 0.0, count: max(bins, Int((2 * reach / width).rounded())))
    let scale = Float(counts.count) / (2 * reach)
    for (bin, count) in detail.histogram.enumerated() {
      let middle = detail.low + (Float(bin) + 0.5) * width
      let index = Int((middle + reach) * scale)
      counts[min(max(index, 0), counts.count - 1)] += Double(count)
    }
    self.counts = counts
  }
}
