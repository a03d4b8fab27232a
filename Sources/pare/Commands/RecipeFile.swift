import Compression
import Formats
import Foundation
import Tensor
import Workbench

/// Recipes in files.
enum RecipeFile {
  /// - Throws: `FormatError` that names the file, and the field where one is wrong.
  static func read(_ path: String) throws(FormatError) -> Recipe { try recipe(text(path), path: path) }

  /// What paths in a recipe begin at: the folder of its file; empty for the current one.
  static func directory(of path: String) -> String { (path as NSString).deletingLastPathComponent }

  /// The same for a command that does not train: it says so where the recipe asks for that.
  static func readUntrained(_ path: String) throws(FormatError) -> Recipe {
    let recipe = try read(path)
    if recipe.distillation != nil {
      Complaint.say("\(path): distillation is kept for later: nothing is trained by this command")
    }
    return recipe
  }

  /// A move a line: a recipe, or `{"recipe": ..., "pause": seconds}`; blank lines are skipped.
  ///
  /// - Throws: `FormatError` that names the file and the line.
  static func readMoves(_ path: String) throws(FormatError) -> [(line: Int, step: Replay.Step)] {
    var moves: [(Int, Replay.Step)] = []
    let lines = try text(path).split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > UInt8(ascii: " ") }) {
      moves.append((index + 1, try step(Data(line), path: "\(path):\(index + 1)")))
    }
    if moves.isEmpty { throw FormatError(path, "holds no recipe") }
    return moves
  }

  private static func step(_ line: Data, path: String) throws(FormatError) -> Replay.Step {
    guard let move = RecordedMove(line: line) else { return Replay.Step(try recipe(line, path: path)) }
    guard move.pause >= 0, move.pause < 86_400 else { throw FormatError(path, "has a pause that is none") }
    return Replay.Step(try recipe(move.recipe, path: path), pause: move.pause)
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
