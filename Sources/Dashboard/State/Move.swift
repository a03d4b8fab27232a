import Compression
import Workbench

/// One point in the space of recipes that was measured.
package struct Move: Hashable, Sendable {
  /// Counted from 1; the untouched model is 0.
  package var number: Int
  /// What was done: `fc1 prune 40 → 55 %`.
  package var label: String
  package var recipe: Recipe
  package var sizeBytes: Int
  package var macs: Int
  package var evaluation: Evaluation

  package init(
    number: Int, label: String, recipe: Recipe, sizeBytes: Int, macs: Int, evaluation: Evaluation
  ) {
    self.number = number
    self.label = label
    self.recipe = recipe
    self.sizeBytes = sizeBytes
    self.macs = macs
    self.evaluation = evaluation
  }

  package var score: Double { evaluation.score }
}

/// What is known of how well the model does with the settings on the screen.
package struct Measurement: Hashable, Sendable {
  /// The last number there is: of these settings, or of earlier ones where `isStale`.
  package var evaluation: Evaluation?
  /// The settings have changed since, and nothing is known of the new ones yet.
  package var isStale = false
  /// What the score will likely be, where that can be told from what was measured beside it.
  package var prediction: Double?
  /// The evaluation is going on.
  package var isRunning = false
  /// Why there is no number.
  package var failure: String?

  package init() {}

  package var isExact: Bool { !isStale && evaluation?.isExact == true }
}

/// A snapshot as the list shows it.
package struct ListedSnapshot: Hashable, Sendable {
  package var snapshot: Snapshot
  /// nil where the recipe no longer fits the model.
  package var cost: CostReport?

  package init(_ snapshot: Snapshot, cost: CostReport?) {
    self.snapshot = snapshot
    self.cost = cost
  }
}

/// What numbers are compared with: the untouched model, or a snapshot that was marked.
package struct Reference: Hashable, Sendable {
  package var name: String
  package var cost: CostReport
  package var evaluation: Evaluation?
}
