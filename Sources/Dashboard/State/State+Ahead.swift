import Compression
import Terminal
import Workbench

/// A place of a slider that was measured before anybody asked.
struct AheadResult: Hashable, Sendable {
  var focus: Focus
  var settings: Settings
  var score: Double
}

/// What is measured while the person thinks: where the focused slider may go next, then its curve, then the other
/// layers.
extension State {
  /// Results of this many places are kept.
  private static let aheadLimit = 400
  /// So many places are asked for at a time.
  private static let aheadLength = 48

  /// Asks for what is around the settings, once they have been measured themselves.
  mutating func wantedAhead() -> [Effect] {
    guard measurement.isExact, costFailure == nil, drag == nil, !subject.layers.isEmpty else { return [] }
    var shown: SensitivityView?
    if case .sensitivity(let view) = overlay { shown = view }
    let place = AheadPlace(recipe: recipe, focus: focus, shown: shown)
    guard place != aheadPlace else { return [] }
    aheadPlace = place
    var planned: [Recipe: (Focus, Settings)] = [:]
    var recipes: [Recipe] = []
    for (focus, tick) in shown.map(sensitivityTicks) ?? aheadTicks()
    where recipes.count < (shown == nil ? Self.aheadLength : Self.aheadLimit / 2) {
      var moved = settings
      if let layer = focus.row.layer {
        moved.move(layer, focus.column, to: tick)
      } else {
        moved.moveMaster(focus.column, to: tick)
      }
      let recipe = moved.recipe(for: subject.layers)
      guard recipe != self.recipe, planned[recipe] == nil, ahead[recipe] == nil else { continue }
      planned[recipe] = (focus, moved)
      recipes.append(recipe)
    }
    plannedAhead = planned.mapValues { AheadResult(focus: $0.0, settings: $0.1, score: 0) }
    return [.lookAhead(recipes)]
  }

  /// Places that a hand could go to, the likeliest first.
  private func aheadTicks() -> [(Focus, Int)] {
    var ticks = nearby(focus) + curve(focus)
    let rows = subject.layers.indices.map { Focus.Row(index: $0 + 1) }
    for row in rows where row != focus.row {
      let other = Focus(row, focus.column)
      ticks += nearby(other).prefix(4)
    }
    return ticks
  }

  /// The places that an overlay shows.
  private func sensitivityTicks(_ view: SensitivityView) -> [(Focus, Int)] {
    subject.layers.indices.dropFirst(view.offset).prefix(SensitivityOverlay.visibleRows(self, view)).flatMap {
      layer in view.ticks.map { (Focus(Focus.Row(index: layer + 1), view.column), $0) }
    }
  }

  /// Scores of places that one layer alone has moved to from the present settings, by layer and tick.
  func aheadScores(_ column: Column) -> [Int: [Int: Double]] {
    var scores: [Int: [Int: Double]] = [:]
    for result in ahead.values where result.focus.column == column {
      guard let layer = result.focus.row.layer, let tick = tick(of: result.settings, at: result.focus) else {
        continue
      }
      scores[layer, default: [:]][tick] = result.score
    }
    return scores
  }

  /// Where a slider stands in other settings that are the present ones but for it; nil where more is different.
  func tick(of other: Settings, at focus: Focus) -> Int? {
    var moved = settings
    let tick: Int
    if let layer = focus.row.layer {
      tick = other.layers[layer].tick(focus.column)
      moved.move(layer, focus.column, to: tick)
    } else {
      tick = other.master(focus.column)
      moved.moveMaster(focus.column, to: tick)
    }
    return moved.layers == other.layers ? tick : nil
  }

  private func nearby(_ focus: Focus) -> [(Focus, Int)] {
    let scale = focus.column.scale
    let tick = tick(focus)
    let moves: [SliderMove] = [
      .step(1), .step(-1), .coarse(1), .coarse(-1), .step(2), .step(-2), .step(3), .step(-3), .coarse(2),
    ]
    return moves.map { scale.moved(tick, by: $0) }.filter { $0 != tick }.map { (focus, $0) }
  }

  private func curve(_ focus: Focus) -> [(Focus, Int)] {
    let last = focus.column.scale.lastTick
    let tick = tick(focus)
    return stride(from: 0, through: last, by: max(1, last / 20)).sorted { abs($0 - tick) < abs($1 - tick) }
      .filter { $0 != tick }.map { (focus, $0) }
  }

  mutating func take(ahead evaluation: Evaluation, of recipe: Recipe) {
    guard var result = plannedAhead[recipe] else { return }
    result.score = evaluation.score
    if ahead.count >= Self.aheadLimit { ahead = [:] }
    ahead[recipe] = result
  }
}

/// What was asked for last.
struct AheadPlace: Hashable, Sendable {
  var recipe: Recipe
  var focus: Focus
  var shown: SensitivityView?
}
