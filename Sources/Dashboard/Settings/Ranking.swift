import Compression

/// What decides which weights or channels go first: a criterion, or none and a norm.
package struct Ranking: Hashable, Sendable {
  package var criterion: String?
  package var norm: Int

  /// The one that comes after this for `unit`, round the end.
  ///
  /// - Parameter criteria: those that can be chosen beside norms.
  package func next(for unit: PruningRule.Unit, among criteria: [String]) -> Ranking {
    let all = Self.all(for: unit, among: criteria)
    let place = all.firstIndex { $0.text(for: unit) == text(for: unit) } ?? -1
    return all[(place + 1) % all.count]
  }

  private static func all(for unit: PruningRule.Unit, among criteria: [String]) -> [Ranking] {
    let named = criteria.map { Ranking(criterion: $0, norm: 1) }
    // The norm is the same for all single weights.
    let norms = unit.isSlice ? [2, 1] : unit.isBlock ? [1, 2] : [1]
    return norms.map { Ranking(criterion: nil, norm: $0) } + named
  }

  /// As people read it: `L2`, `magnitude`, `lamp`.
  package func text(for unit: PruningRule.Unit) -> String {
    criterion ?? (unit.isSlice || unit.isBlock ? "L\(norm)" : "magnitude")
  }
}

extension LayerSettings {
  package var ranking: Ranking { Ranking(criterion: criterion, norm: norm) }

  /// Changes what goes as a whole, and with it what does not fit the new unit: a criterion, a number of units.
  package mutating func setUnit(_ unit: PruningRule.Unit, norm: Int) {
    if let name = criterion, !PruningCriteria.names(for: unit).contains(name) { criterion = nil }
    if unit.isChannel != self.unit.isChannel || unit.isHead != self.unit.isHead { exact = nil }
    if !unit.scopes.contains(.output) { isByOutput = false }
    self.unit = unit
    self.norm = norm
  }

  package mutating func setAmount(_ fraction: Double) {
    amount = fraction
    exact = nil
  }
}

extension PruningRule.Unit {
  package var isBlock: Bool { if case .block = self { true } else { false } }

  package var plural: String {
    switch self {
    case .weight: "single weights"
    case .channel: "channels"
    case .head: "heads"
    case .block(let rows, let columns): "blocks of \(rows)x\(columns)"
    case .pattern(let n, let m): "weights outside \(n):\(m)"
    }
  }
}
