import Compression
import Foundation

/// A line of a recorded session: a recipe, and how long after the one before it was chosen.
public struct RecordedMove: Sendable {
  /// The recipe's JSON.
  public var recipe: Data
  /// In seconds.
  public var pause: Double

  public init(_ recipe: Recipe, pause: Double) {
    self.recipe = Data(recipe.json(pretty: false).utf8)
    self.pause = pause
  }

  /// nil where the line is no move, but perhaps a recipe.
  public init?(line: Data) {
    guard let fields = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
      Set(fields.keys) == ["recipe", "pause"], let pause = fields["pause"] as? Double,
      let recipe = fields["recipe"], JSONSerialization.isValidJSONObject(recipe),
      let json = try? JSONSerialization.data(withJSONObject: recipe)
    else { return nil }
    (self.recipe, self.pause) = (json, pause)
  }

  /// Without a line's end.
  public var line: Data {
    Data("{\"pause\": \((pause * 1000).rounded() / 1000), \"recipe\": ".utf8) + recipe + Data("}".utf8)
  }
}
