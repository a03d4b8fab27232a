import Compression
import Terminal
import Workbench

/// Whatever can happen: what a person does, and what comes back from effects.
package enum Action: Sendable {
  case key(Key)
  case mouse(Mouse)
  case paste(String)
  case resize(Size)
  case quit

  /// The program has started: measure what the history left, or the untouched model.
  case started
  case dataLoaded(name: String, samples: Int)
  case dataMissing
  case dataFailed(String)
  case snapshotsLoaded([ListedSnapshot])

  case estimated(generation: Int, Result<CostReport, Failure>)
  case detailed(layer: Int, Recipe, Result<LayerDetail, Failure>)
  /// Whether channels of the layer can be taken out; nil if so, else the reason.
  case probed(row: Focus.Row, failure: String?)
  case evaluated(generation: Int, Evaluation)
  case evaluationFailed(generation: Int, String)
  case baselineEvaluated(Evaluation)
  case baselineFailed(String)

  case exported([String])
  case exportWouldOverwrite([String])
  case exportFailed(String)
  case themeLoaded(Theme, problem: String?)
  case themeFailed(String)
  /// The history cannot be written.
  case historyFailed(String)
}

/// Why something did not come about, in a sentence.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// What `update` wants to have done outside; results come back as actions.
package enum Effect: Hashable, Sendable {
  /// Size and MACs of a recipe; done before the next frame wherever that is quick.
  case estimate(generation: Int, Recipe)
  case detail(layer: Int, Recipe)
  /// Try a recipe in which a row's channels are taken out.
  case probe(row: Focus.Row, Recipe)
  /// Measure a recipe; whatever is being measured is dropped.
  case evaluate(generation: Int, Recipe)
  case evaluateBaseline
  /// The settings have changed: keep the trail for the next time.
  case record(Trail)
  case saveSnapshot(Snapshot)
  case removeSnapshot(String)
  case export(model: String, recipe: String, Recipe, overwrite: Bool)
  case loadTheme(String)
  case setMouse(Bool)
  case repaint
}
