import Foundation
import Terminal

/// What was measured so far: size across, on a logarithmic axis, and accuracy up.
struct ChartView: Widget {
  let state: State

  init(_ state: State) { self.state = state }

  func draw(in rect: Rect, on buffer: inout Buffer, look: Look) {
    guard !rect.isEmpty else { return }
    Box("Size × \(state.headline)", note: "\(state.moves.count) measured", frame: .chart).draw(
      in: rect, on: &buffer, look: look)
    let inside = Box.inside(rect).inset(columns: 1)
    guard state.moves.count > 1 else {
      buffer.write(
        "Each result becomes a point here.", in: inside.row(inside.height / 2), .center,
        style: look.theme.faint,
        ellipsis: look.glyphs.ellipsis)
      return
    }
    chart(look).draw(in: inside, on: &buffer, look: look)
  }

  private func chart(_ look: Look) -> BrailleChart {
    let theme = look.theme
    let front = Self.front(of: state.moves)
    var marks: [BrailleChart.Mark] = []
    for move in state.moves where move.recipe != state.recipe {
      let isOnFront = front.contains(move)
      marks.append(
        BrailleChart.Mark(
          x: Self.place(move.sizeBytes), y: move.score,
          glyph: move.number == 0 ? look.glyphs.hollowDot : "•",
          style: isOnFront ? theme.onFront : theme.faint))
    }
    if let now = current {
      marks.append(
        BrailleChart.Mark(
          x: now.x, y: now.y, glyph: look.glyphs.dot, label: "now",
          style: state.measurement.isStale ? theme.outdated : theme.key))
    }
    let line = front.map { (x: Self.place($0.sizeBytes), y: $0.score) }
    return BrailleChart(
      [BrailleChart.Series(line, form: .steps, color: theme.divider)], marks: marks,
      xRange: sizes(marks.map(\.x)), yRange: accuracies(marks.map(\.y)),
      xLabel: { Int(pow(10, $0).rounded()).asBytes }, yLabel: { ($0 * 100).text(decimals: 1) })
  }

  private var current: (x: Double, y: Double)? {
    state.measurement.evaluation.map { (Self.place(state.cost.sizeBytes), $0.score) }
  }

  private func sizes(_ values: [Double]) -> ClosedRange<Double>? {
    guard let least = values.min(), let most = values.max() else { return nil }
    let air = max((most - least) * 0.05, 0.04)
    return (least - air)...(most + air)
  }

  /// What there is, with some air; never more of it than a difference that matters.
  private func accuracies(_ values: [Double]) -> ClosedRange<Double>? {
    guard let least = values.min(), let most = values.max() else { return nil }
    let air = max((most - least) * 0.05, 0.0025)
    return max(0, least - air)...min(1, most + air)
  }

  /// The moves that no other beats in both size and accuracy, in order of size.
  static func front(of moves: [Move]) -> [Move] {
    var front: [Move] = []
    for move in moves.sorted(by: { ($0.sizeBytes, -$0.score) < ($1.sizeBytes, -$1.score) })
    where move.score > front.last?.score ?? -.infinity {
      front.append(move)
    }
    return front
  }

  private static func place(_ bytes: Int) -> Double { log10(Double(max(bytes, 1))) }
}
