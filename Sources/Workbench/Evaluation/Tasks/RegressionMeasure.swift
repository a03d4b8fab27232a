import Formats
import Tensor

/// The coefficient of determination, R2 = 1 - mean squared error / variance, the mean over the targets, as
/// scikit-learn's `r2_score`, and the mean squared error.
///
/// The variance is that of all labels, so that an estimate from a part of the samples does not sway with it. A target
/// that is the same in all samples has none: there a sample counts 1 where it is met, and 0 where it is not.
struct RegressionMeasure: TaskMeasure {
  private let variances: [Double]
  private var squaredError = 0.0
  /// Of each sample the mean over the targets of its squared error as a part of the variance.
  private var shares = SampleMean()

  /// - Parameter targets: all labels, `[samples]` or `[samples, targets]`.
  init(targets: Tensor?) {
    guard let targets, let samples = targets.shape.dims.first, samples > 0 else {
      variances = []
      return
    }
    let width = targets.count / samples
    let values = targets.floats
    variances = (0..<width).map { target in
      var (sum, squares) = (0.0, 0.0)
      for sample in 0..<samples { sum += Double(values[sample * width + target]) }
      let mean = sum / Double(samples)
      for sample in 0..<samples {
        let distance = Double(values[sample * width + target]) - mean
        squares += distance * distance
      }
      return squares / Double(samples)
    }
  }

  mutating func add(_ batch: JudgedBatch) throws(EvaluationError) {
    let width = try batch.elements()
    guard batch.output.dtype.isFloatingPoint, width == variances.count, width > 0 else {
      throw .scores(
        output: batch.name,
        reason: "is \(batch.output.dtype) of shape \(batch.output.shape), but a sample has "
          + "\(variances.count) targets")
    }
    let outputs = batch.output.floats
    let targets = batch.labels?.floats ?? []
    for sample in 0..<(targets.count / width) {
      var share = 0.0
      for target in 0..<width {
        let error = Double(outputs[sample * width + target]) - Double(targets[sample * width + target])
        squaredError += error * error / Double(width)
        let variance = variances[target]
        share += variance > 0 ? error * error / variance : error == 0 ? 0 : 1
      }
      shares.add(share / Double(width))
    }
  }

  var result: Evaluation {
    let error = shares.count == 0 ? 0 : squaredError / Double(shares.count)
    let score = shares.count == 0 ? 0 : 1 - shares.mean
    let half = shares.halfWidth
    return Evaluation(
      task: .regression, samples: shares.count, total: shares.count, correct: 0, loss: error, seconds: 0,
      score: score, interval: Interval.around(score, half: half, in: -Double.infinity...1),
      figures: [Evaluation.Figure("mse", error)])
  }
}
