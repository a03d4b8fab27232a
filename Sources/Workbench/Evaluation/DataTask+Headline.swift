import Formats

/// What the number is called that a task is judged by.
extension DataTask {
  /// In a sentence, and on the screen: `token accuracy`.
  public var headline: String {
    switch self {
    case .classification: "accuracy"
    case .regression: "R2"
    case .nextToken: "token accuracy"
    case .fidelity: "agreement"
    }
  }

  /// Over a column, in up to eight letters.
  public var shortHeadline: String {
    switch self {
    case .classification: "accuracy"
    case .regression: "R2"
    case .nextToken: "tokens"
    case .fidelity: "agree"
    }
  }

  /// In JSON: `token_accuracy`.
  public var headlineKey: String {
    headline.lowercased().map { $0 == " " ? "_" : String($0) }.joined()
  }
}
