import Compression
import Engine
import Tensor

/// The best state of a training: what its student has learnt.
struct TrainedModel: Sendable {
  let student: DistillationStudent
  /// Constants of the student.
  let constants: [String: Tensor]
  let recipe: Recipe
  let name: String
  let calibration: CalibrationData

  /// The model as the file will hold it.
  ///
  /// - Throws: as `Compressor.apply`.
  func compressed(
    threads: Int, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CompressedModel {
    var model = try student.compressed(
      student.carrying(constants), name: name, threads: threads, calibration: calibration,
      isCancelled: isCancelled)
    model.recipe = recipe
    return model
  }
}
