import Graph

extension Compressor {
  /// What a recipe is applied to where it names such a student: another model in the place of this one, which stays the
  /// teacher. This compressor itself for what is only compressed.
  ///
  /// - Parameter read: a model that stands for this one, from the file of a student that is one.
  /// - Throws: `RecipeError` where the model cannot be made narrower or shallower so, or what `read` throws.
  public func base(
    of student: DistillationSettings.Student, isCancelled: @escaping @Sendable () -> Bool = { false },
    reading read: (String) throws -> Model
  ) throws -> Compressor {
    switch student {
    case .compressed: return self
    case .width(let width):
      return width == 1
        ? self : Compressor(try narrowed(to: width, isCancelled: isCancelled), threads: threads)
    case .withoutBlocks(let patterns): return Compressor(try model.withoutBlocks(patterns), threads: threads)
    case .file(let path): return Compressor(try read(path), threads: threads)
    }
  }
}
