/// Why a model cannot be evaluated on a data set.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The model takes or gives something else than samples and class scores.
  case model(reason: String)
  case scores(output: String, reason: String)
  /// A sample is labelled as a class that the model does not have.
  case label(data: String, sample: Int, label: Int, classes: Int)
  /// A token of the data is none that the model knows.
  case token(data: String, token: Int, tokens: Int)

  public var description: String {
    switch self {
    case .model(let reason): reason
    case .scores(let output, let reason): "output '\(output)' \(reason)"
    case .label(let data, let sample, let label, let classes):
      "\(data): sample \(sample) is labelled \(label), but the model has \(classes) classes"
    case .token(let data, let token, let tokens):
      "\(data): a label is token \(token), but the model has \(tokens) tokens"
    }
  }
}
