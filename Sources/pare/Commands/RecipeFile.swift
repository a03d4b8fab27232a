import Compression
import Formats
import Foundation
import Tensor

/// Recipes in files.
enum RecipeFile {
  /// - Throws: `FormatError` that names the file, and the field where one is wrong.
  static func read(_ path: String) throws(FormatError) -> Recipe { try recipe(text(path), path: path) }

  /// A recipe a line; blank lines are skipped.
  ///
  /// - Throws: `FormatError` that names the file and the line.
  static func readLines(_ path: String) throws(FormatError) -> [(line: Int, recipe: Recipe)] {
    var recipes: [(Int, Recipe)] = []
    let lines = try text(path).split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > UInt8(ascii: " ") }) {
      recipes.append((index + 1, try recipe(Data(line), path: "\(path):\(index + 1)")))
    }
    if recipes.isEmpty { throw FormatError(path, "holds no recipe") }
    return recipes
  }

  private static func recipe(_ json: Data, path: String) throws(FormatError) -> Recipe {
    do {
      return try Recipe(json: json)
    } catch {
      throw FormatError(path, error.description)
    }
  }

  private static func text(_ path: String) throws(FormatError) -> Data {
    do {
      let file = try MappedFile(path: path)
      return withExtendedLifetime(file) { Data(file.bytes) }
    } catch {
      throw FormatError(path, "cannot be read: \(error.reason)")
    }
  }
}

extension Compressor {
  /// What a recipe from a file will cost: the check that it fits the model, before the whole of it is run.
  ///
  /// - Parameter calibration: samples, where the recipe observes some.
  /// - Throws: `FormatError` that names the file.
  func check(_ recipe: Recipe, from path: String, calibration: CalibrationData? = nil) throws -> CostReport {
    do {
      return try estimate(recipe, calibration: calibration) { Interrupt.isRequested }
    } catch CompressionError.cancelled {
      throw CompressionError.cancelled
    } catch  where error is RecipeError || error is CompressionError {
      throw FormatError(path, "\(error)")
    }
  }
}
