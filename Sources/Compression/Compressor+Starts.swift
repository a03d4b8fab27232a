import Graph
import Tensor

extension Compressor {
  /// The models that recipes begin with in place of the original: what trainings have left.
  public final class Starts: Sendable {
    private let known = Memo<ContentHash, Compressor>(limit: 3)
    private let model: @Sendable (ContentHash) throws -> Model

    init(_ model: @escaping @Sendable (ContentHash) throws -> Model) { self.model = model }

    /// There is no trained model.
    public static let none: @Sendable (ContentHash) throws -> Model = { hash in
      throw RecipeError(field: "trained", reason: "names a trained model, \(hash), and there is none here")
    }

    fileprivate func compressor(_ hash: ContentHash, threads: Int) throws -> Compressor {
      try known(hash) { Compressor(try model(hash), threads: threads) }
    }
  }

  /// Who carries a recipe out, and what there is left to do: another compressor where the recipe begins with a trained
  /// model.
  ///
  /// - Throws: what reading the trained model throws.
  public func start(of recipe: Recipe) throws -> (compressor: Compressor, recipe: Recipe) {
    guard let hash = recipe.trained else { return (self, recipe) }
    var rest = recipe
    rest.trained = nil
    return (try starts.compressor(hash, threads: threads), rest)
  }
}
