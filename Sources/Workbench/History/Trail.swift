import Compression
import Formats
import Tensor

/// The recipes that a person went through on a model, and where among them the person stands: undo and redo
/// are steps along it.
public struct Trail: Hashable, Sendable {
  /// Oldest first; never empty.
  public private(set) var recipes: [Recipe]
  /// Index of the current recipe.
  public private(set) var position: Int

  /// Older recipes than this many are forgotten.
  public static let limit = 1000

  /// A trail that begins with one recipe.
  public init(_ first: Recipe = .empty) {
    recipes = [first]
    position = 0
  }

  /// - Parameter position: brought into range.
  /// - Returns: nil where there are no recipes.
  public init?(recipes: [Recipe], position: Int) {
    guard !recipes.isEmpty else { return nil }
    let dropped = max(0, recipes.count - Self.limit)
    self.recipes = Array(recipes.dropFirst(dropped))
    self.position = min(max(position - dropped, 0), self.recipes.count - 1)
  }

  public var current: Recipe { recipes[position] }
  public var canUndo: Bool { position > 0 }
  public var canRedo: Bool { position < recipes.count - 1 }

  /// Goes on to `recipe`; what could have been redone is gone. The same recipe again changes nothing.
  public mutating func move(to recipe: Recipe) {
    guard recipe != current else { return }
    recipes.removeSubrange((position + 1)...)
    recipes.append(recipe)
    if recipes.count > Self.limit { recipes.removeFirst(recipes.count - Self.limit) }
    position = recipes.count - 1
  }

  /// Goes on to `recipe` in place of the current one: for the steps of one gesture, which undo takes back as one.
  public mutating func amend(to recipe: Recipe) {
    guard recipe != current else { return }
    recipes.removeSubrange((position + 1)...)
    recipes[position] = recipe
  }

  /// - Returns: whether there was something to undo.
  @discardableResult
  public mutating func undo() -> Bool {
    guard canUndo else { return false }
    position -= 1
    return true
  }

  /// - Returns: whether there was something to redo.
  @discardableResult
  public mutating func redo() -> Bool {
    guard canRedo else { return false }
    position += 1
    return true
  }
}

/// A recipe that a person gave a name, with what it did where that was known.
public struct Snapshot: Hashable, Sendable {
  /// Unique for a model.
  public var name: String
  public var recipe: Recipe
  public var evaluation: Evaluation?

  public init(name: String, recipe: Recipe, evaluation: Evaluation? = nil) {
    self.name = name
    self.recipe = recipe
    self.evaluation = evaluation
  }
}

/// What a result depends on.
public struct ResultKey: Hashable, Sendable {
  public var model: ContentHash
  /// Samples as the model gets them, preprocessing included, and labels.
  public var data: ContentHash
  /// Of the recipe's canonical JSON.
  public var recipe: ContentHash
  /// What the model is judged by: a task, and the output that is judged.
  public var task: String

  public init(
    model: ContentHash, data: ContentHash, recipe: Recipe, task: String = DataTask.classification.rawValue
  ) {
    self.model = model
    self.data = data
    self.task = task
    self.recipe = recipe.contentHash
  }
}

extension Recipe {
  /// Fingerprint of the recipe's canonical JSON.
  public var contentHash: ContentHash { ContentHash(json(pretty: false)) }
}
