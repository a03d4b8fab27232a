import Formats
import Graph
import Tensor

/// A batch that a model was run on.
struct JudgedBatch {
  /// The name of the output that is judged, for errors.
  var name: String
  /// `[at least count, ...]`.
  var output: Tensor
  /// The same of the model as it was, for fidelity.
  var reference: Tensor?
  /// `[count, ...]`; nil where there are none.
  var labels: Tensor?
  /// Samples in it.
  var count: Int

  /// The output's elements of each sample.
  ///
  /// - Throws: `EvaluationError.scores` where there are fewer rows than samples.
  func elements() throws(EvaluationError) -> Int {
    guard let rows = output.shape.dims.first, rows >= count, rows > 0 else {
      throw .scores(output: name, reason: "has shape \(output.shape) for \(count) samples")
    }
    return output.count / rows
  }
}

/// What a model's outputs come to by one task, sample after sample. One file, and one line in `make`, for each.
protocol TaskMeasure {
  /// Takes in the next samples.
  ///
  /// - Throws: `EvaluationError` where outputs and labels do not belong together.
  mutating func add(_ batch: JudgedBatch) throws(EvaluationError)

  /// What is known after the samples seen; `samples`, `total` and `seconds` are filled in by the evaluator.
  var result: Evaluation { get }

  /// The predicted class of each sample seen; empty for other tasks.
  var predictions: [Int32] { get }

  /// What of each sample seen is right; empty for tasks without right and wrong, and where samples have different
  /// numbers of places.
  var shares: SampleShares { get }
}

extension TaskMeasure {
  var predictions: [Int32] { [] }
  var shares: SampleShares { SampleShares() }
}

enum TaskMeasures {
  /// - Parameter kind: what the model's scores are, as its last operator tells.
  static func make(for data: Dataset, kind: ScoreKind) -> any TaskMeasure {
    switch data.task {
    case .classification: ClassificationMeasure(data: data.name, order: data.order, kind: kind)
    case .regression: RegressionMeasure(targets: data.labels)
    case .nextToken: NextTokenMeasure(data: data.name, kind: kind)
    case .fidelity: FidelityMeasure()
    }
  }
}
