import Terminal
import Workbench

/// What is known of the accuracy at other places of a slider, everything else being as it is: the track shows it,
/// so that a cliff can be seen before one falls.
package struct KnownTrack: Hashable, Sendable {
  /// Accuracies by tick.
  package let accuracies: [Int: Double]
  /// What the loss is counted from.
  private let baseline: Double

  /// A loss of so much has the last colour of the theme.
  private static let worstLoss = 0.05
  /// Moves further back are not looked at, so that a frame stays cheap.
  private static let reach = 200

  package init(_ state: State, at focus: Focus) {
    baseline = state.baseline?.score ?? state.trend.max() ?? 0
    var accuracies: [Int: Double] = [:]
    let measured = state.moves.suffix(Self.reach).compactMap { move in
      state.remembered[move.recipe].map { (settings: $0, score: move.score) }
    }
    let ahead = state.ahead.values.filter { $0.focus == focus }.map {
      (settings: $0.settings, score: $0.score)
    }
    for (then, score) in ahead + measured {
      if let tick = state.tick(of: then, at: focus) { accuracies[tick] = score }
    }
    self.accuracies = accuracies
  }

  /// A colour for each column of a track, where something is known.
  func colors(_ scale: SliderScale, columns: Int, theme: Theme) -> [Color?] {
    guard accuracies.count > 1 else { return [] }
    var colors = [Color?](repeating: nil, count: columns)
    for (tick, accuracy) in accuracies.sorted(by: { $0.key < $1.key }) {
      colors[scale.column(of: tick, columns: columns)] =
        theme.accuracy[
          (baseline - accuracy) / Self.worstLoss]
    }
    return colors
  }
}
