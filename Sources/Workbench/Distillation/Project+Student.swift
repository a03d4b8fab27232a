import Compression
import Formats
import Foundation
import Graph

extension Project {
  /// What a recipe makes of the model that it begins with and its student is made of.
  ///
  /// - Parameters: as `base`.
  /// - Throws: as `base` and `DistillationStudent`.
  public func student(
    _ recipe: Recipe, _ compressor: Compressor, calibration: CalibrationData, output: String?,
    directory: String? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> DistillationStudent {
    let (start, rest) = try compressor.start(of: recipe)
    let base = try base(
      of: recipe.distillation?.student ?? .compressed, start, output: output, directory: directory,
      isCancelled: isCancelled)
    return try DistillationStudent(
      base, rest, calibration: calibration, keepsZeros: recipe.trained != nil, isCancelled: isCancelled)
  }

  /// What a recipe's pruning and quantization are applied to before it is trained: another model where the recipe names such
  /// a student, which the model as it was teaches.
  ///
  /// - Parameters:
  ///   - compressor: of the model as it was.
  ///   - output: the output that is judged; the first unless told.
  ///   - directory: what the path of a student's file begins at; the current directory unless told.
  /// - Throws: `RecipeError` or `FormatError`, one sentence of what does not fit.
  package func base(
    of student: DistillationSettings.Student, _ compressor: Compressor, output: String?,
    directory: String? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Compressor {
    try compressor.base(of: student, isCancelled: isCancelled) { path in
      let path = directory.map { Self.path(path, in: $0) } ?? path
      let graph = try ONNXReader.read(path: path)
      do {
        let student = try Model(graph, name: model.name, path: path)
        if let first = student.unsupported.first {
          throw FormatError(path, "uses operator \(first), which Pare does not know")
        }
        return try student.fitted(to: model, output: output)
      } catch  where error is GraphError || error is StudentMismatch {
        throw FormatError(path, "\(error)")
      }
    }
  }

  /// A path as it is read from a directory.
  static func path(_ path: String, in directory: String) -> String {
    path.hasPrefix("/") || directory.isEmpty ? path : directory + "/" + path
  }
}

extension Recipe {
  /// The same recipe with the whole path of the file that it names, if any, which is relative to a directory.
  public func locatingFiles(in directory: String) -> Recipe {
    guard case .file(let path)? = distillation?.student else { return self }
    var recipe = self
    let whole = URL(filePath: Project.path(path, in: directory)).standardizedFileURL.path(
      percentEncoded: false)
    recipe.distillation?.student = .file(whole)
    return recipe
  }
}
