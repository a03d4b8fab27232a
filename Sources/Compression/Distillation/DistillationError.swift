import Tensor

/// Why a batch gives no loss.
public enum DistillationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A label that is no class, and the sample that has it, counted as in the data that batches come from.
  case label(Int, sample: Int, classes: Int)
  /// Something that does not fit the student's values: `what` is of `shape`.
  case shape(what: String, Shape, student: Shape, wayOut: String)
  /// Outputs without a row of scores for each sample.
  case noScores(Shape)
  /// An axis on which an activation has no channels.
  case axis(Int, of: String, Shape)
  /// Something that is not there and without which a loss has no value.
  case missing(String, loss: String, wayOut: String)

  public var description: String {
    switch self {
    case .label(let label, let sample, let classes):
      "sample \(sample): label \(label) is no class of a student that tells \(classes) apart, counted from 0; "
        + "correct the label or take a student with more outputs"
    case .shape(let what, let shape, let student, let wayOut):
      "\(what) of shape \(shape) beside a student's \(student): \(wayOut)"
    case .noScores(let shape):
      "outputs of shape \(shape) hold no row of scores for each sample; choose a loss for regression"
    case .axis(let axis, let what, let shape):
      "\(what) of shape \(shape) has no channels on axis \(axis); name an axis behind that of the samples"
    case .missing(let what, let loss, let wayOut):
      "the loss \"\(loss)\" needs \(what); \(wayOut)"
    }
  }
}
