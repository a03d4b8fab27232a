import Tensor

/// The share of samples whose class has the largest score, and of those where it is among the five largest.
struct ClassificationMeasure: TaskMeasure {
  /// The name of the data, for errors.
  let data: String
  /// Where each sample stands in the file, for errors.
  let order: [Int]
  let kind: ScoreKind
  private(set) var predictions: [Int32] = []
  private(set) var shares = SampleShares()
  private var correct = 0
  private var losses = 0.0
  /// Samples whose class is among the first five; nil where the model has no more classes.
  private var amongFive: Int?

  init(data: String, order: [Int], kind: ScoreKind) {
    self.data = data
    self.order = order
    self.kind = kind
    predictions.reserveCapacity(order.count)
  }

  mutating func add(_ batch: JudgedBatch) throws(EvaluationError) {
    let dims = batch.output.shape.dims
    guard batch.output.dtype.isFloatingPoint, dims.count >= 2, dims[1] > 0,
      dims[2...].allSatisfy({ $0 == 1 })
    else {
      let output = batch.output
      let reason = "is \(output.dtype) of shape \(output.shape), not class scores of shape N·classes"
      throw .scores(output: batch.name, reason: reason)
    }
    _ = try batch.elements()
    let classes = dims[1]
    let labels = batch.labels?.integers ?? []
    if let row = labels.firstIndex(where: { $0 >= classes }) {
      let sample = order[predictions.count + row]
      throw .label(data: data, sample: sample, label: labels[row], classes: classes)
    }
    if classes > 5, amongFive == nil { amongFive = 0 }
    batch.output.floats.withUnsafeBufferPointer { values in
      for (row, label) in labels.enumerated() {
        let scores = Scores(
          values: UnsafeBufferPointer(rebasing: values[(row * classes)..<((row + 1) * classes)]), kind: kind)
        let prediction = scores.prediction
        predictions.append(Int32(prediction))
        if prediction == label { correct += 1 }
        shares.values.append(prediction == label ? 1 : 0)
        if classes > 5, scores.isAmong(5, label: label) { amongFive = (amongFive ?? 0) + 1 }
        losses += scores.loss(label: label)
      }
    }
  }

  var result: Evaluation {
    let seen = predictions.count
    let share = amongFive.map { Double($0) / Double(max(seen, 1)) }
    return Evaluation(
      samples: seen, total: order.count, correct: correct, loss: seen == 0 ? 0 : losses / Double(seen),
      seconds: 0, figures: share.map { [Evaluation.Figure("top5", $0)] } ?? [])
  }
}
