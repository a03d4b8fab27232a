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

extension Evaluation {
  /// As the task's; of outputs without places, where nothing is largest, it is their cosine.
  public var headline: String { isCosine ? "cosine" : task.headline }
  public var shortHeadline: String { isCosine ? "cosine" : task.shortHeadline }
  public var headlineKey: String { isCosine ? "cosine" : task.headlineKey }

  /// A cosine that is the headline stands in no figure.
  private var isCosine: Bool {
    task == .fidelity && samples > 0 && !figures.contains { $0.key == "cosine" }
  }
}
