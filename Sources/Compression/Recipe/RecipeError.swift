/// A mistake in a recipe, or between a recipe and a model.
public struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where it is: `pruning[1].amount`; empty for the recipe as a whole.
  public var field: String
  public var reason: String

  public init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }

  public var description: String { field.isEmpty ? "recipe: \(reason)" : "\(field): \(reason)" }
}
