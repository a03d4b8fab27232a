import Compression
import Formats

/// What a session tells, in order, from a thread of its own.
public enum SessionEvent: Sendable {
  /// The data is in memory.
  case dataLoaded(DataSummary)
  /// The model as it is; estimates first, the exact result last.
  case baseline(Evaluation)
  /// What is known so far of the recipe that `apply` gave this number.
  case estimate(generation: Int, Evaluation)
  /// The recipe's result on all samples.
  case exact(generation: Int, Evaluation)
  /// The result of a recipe that nobody asked for yet.
  case ahead(Recipe, Evaluation)
  /// Bytes that are kept of values between layers, and how many may be.
  case cached(bytes: Int, budget: Int)
  /// What the recipe does to the layer in focus (an index in `Model.layers`).
  case layerDetail(generation: Int, layer: Int, LayerDetail)
  /// What a recipe's model takes; nil where it cannot be carried out.
  case sizes(Recipe, Sizes?)
  /// Files were written.
  case exported(paths: [String])
  /// What the training tells that `train` gave this number.
  case training(number: Int, TrainingEvent)
  /// The trained model is kept, and this recipe begins with it.
  case tookOver(Recipe)
  /// Something did not work, in one sentence; `generation` where it was a recipe.
  case failed(generation: Int?, message: String)
  /// Something that the person should know once, such as that no history is kept.
  case notice(String)
}

/// What a dashboard says about the data.
public struct DataSummary: Hashable, Sendable {
  public var name: String
  public var samples: Int
  /// Names of the classes; empty where they are not known.
  public var classes: [String]
  /// What models are judged by.
  public var task: DataTask

  public init(name: String, samples: Int, classes: [String], task: DataTask = .classification) {
    self.name = name
    self.samples = samples
    self.classes = classes
    self.task = task
  }
}
