/// What pruning does to one weight, before channels are taken out.
enum LayerPruning: Hashable, Sendable {
  case none
  /// The `count` units that go first by the criterion of this name.
  case weights(criterion: String, PruningForm, count: Int)
  /// Whole slices.
  case channels(axis: Int, positions: [Int])
}

/// How single weights, blocks or patterns are ranked within a layer.
struct PruningForm: Hashable, Sendable {
  var unit: RankedUnit
  /// Whether each output channel loses as many as the others.
  var isByRow = false
}

/// Positions of axes that are taken out of one value, or set to zero in it.
struct Cuts: Hashable, Sendable {
  /// By axis, in ascending order, none empty.
  var positions: [Int: [Int]] = [:]

  var isEmpty: Bool { positions.isEmpty }

  func count(along axis: Int) -> Int { positions[axis]?.count ?? 0 }

  mutating func add(_ new: [Int], along axis: Int) {
    if new.isEmpty { return }
    positions[axis] = Set(positions[axis] ?? []).union(new).sorted()
  }
}

/// What pruning does to a model.
struct PruningPlan: Hashable, Sendable {
  /// By the name of the weight, where it is not none.
  var weights: [String: LayerPruning] = [:]
  /// Positions that are set to zero beside that, by the name of the weight.
  var silenced: [String: Cuts] = [:]
  /// By the name of the value, constants and activations alike.
  var cuts: [String: Cuts] = [:]

  var isEmpty: Bool { weights.isEmpty && silenced.isEmpty && cuts.isEmpty }
}
