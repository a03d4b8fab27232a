import Workbench

/// What a task measures beside its headline, as rows of a table.
enum TaskFigures {
  static func rows(_ result: Evaluation) -> [[String]] {
    switch result.task {
    case .classification:
      [right(result, "of \(Numbers.grouped(result.samples))")] + figures(result) + [
        ["loss", Numbers.fixed(result.loss, 4), "mean cross-entropy"]
      ]
    case .nextToken:
      [right(result, "tokens")] + figures(result) + [
        ["loss", Numbers.fixed(result.loss, 4), "mean cross-entropy of a token"]
      ]
    case .regression, .fidelity: figures(result)
    }
  }

  private static func right(_ result: Evaluation, _ of: String) -> [String] {
    ["right", Numbers.grouped(result.correct), of]
  }

  private static func figures(_ result: Evaluation) -> [[String]] {
    result.figures.map { figure in
      switch figure.key {
      case "top5": ["top-5", Numbers.percent(figure.value), "right among the first five"]
      case "mse": ["MSE", Numbers.significant(figure.value), "mean squared error"]
      case "tokens": ["tokens", Numbers.grouped(Int(figure.value)), "judged"]
      case "sqnr_db": ["SQNR", Numbers.fixed(figure.value, 2), "dB"]
      case "cosine": ["cosine", Numbers.fixed(figure.value, 6), "of the outputs before and after"]
      default: [figure.key, Numbers.significant(figure.value), ""]
      }
    }
  }
}
