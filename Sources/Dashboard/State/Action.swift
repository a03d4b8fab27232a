import Compression
import Formats
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
  case dataLoaded(name: String, samples: Int, task: DataTask)
  case snapshotsLoaded([ListedSnapshot])

  case estimated(generation: Int, Result<CostReport, Failure>)
  case detailed(generation: Int, layer: Int, LayerDetail)
  /// Which of these layers cannot lose channels, and why.
  case probed(Focus.Row, failures: [Int: String])
  /// The untouched model, so far.
  case baseline(Evaluation)
  case evaluated(generation: Int, Evaluation)
  /// The result of settings that nobody has asked for yet.
  case knownAhead(Recipe, Evaluation)
  /// What is kept of values between layers.
  case cached(bytes: Int, budget: Int)
  /// Something failed in the session; `generation` where it was the settings of that number.
  case failed(generation: Int?, String)
  case notice(String)
  case training(TrainingEvent)
  /// The trained model is kept, and this recipe begins with it.
  case tookOver(Recipe)

  /// nil where the recipe cannot be carried out.
  case sized(Recipe, Sizes?)
  case exported([String])
  case exportWouldOverwrite([String])
  case themeLoaded(Theme, problem: String?)
  case themeFailed(String)
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
  /// The layer whose details are wanted from now on.
  case focus(layer: Int?)
  /// Try recipes, in each of which channels of one layer are taken out.
  case probe(Focus.Row, [Int: Recipe])
  /// Measure a recipe; whatever is being measured is dropped.
  case apply(generation: Int, Recipe)
  /// Measure these when there is nothing else to do, the first first.
  case lookAhead([Recipe])
  /// Encode and compress these models to see what they take; whatever of this is going on is dropped.
  case measureSizes([Recipe])
  /// The settings have changed: keep the trail for the next time.
  case record(Trail)
  case loadSnapshots
  case saveSnapshot(Snapshot)
  case removeSnapshot(String)
  case export(model: String, recipe: String, Recipe, overwrite: Bool)
  case exportTrained(model: String, recipe: String, overwrite: Bool)
  /// Begin to train; what is going on is stopped.
  case train(Recipe)
  case pauseTraining(Bool)
  /// Go on from the present weights.
  case changeTraining(DistillationSettings)
  case stopTraining
  /// Keep the best state of the training as a model to begin with.
  case takeOver
  case loadTheme(String)
  /// Start with this theme the next time.
  case keepTheme(String)
  case setMouse(Bool)
  case repaint
}
