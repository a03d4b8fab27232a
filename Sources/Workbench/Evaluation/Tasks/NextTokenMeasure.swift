import Foundation
import Tensor

/// The share of places where the token that follows has the largest score, and the perplexity: e to the mean
/// cross-entropy. Places whose label is negative are left out.
struct NextTokenMeasure: TaskMeasure {
  /// The name of the data, for errors.
  let data: String
  let kind: ScoreKind
  private var share = PlaceShare()
  private var losses = 0.0

  init(data: String, kind: ScoreKind) {
    self.data = data
    self.kind = kind
  }

  mutating func add(_ batch: JudgedBatch) throws(EvaluationError) {
    _ = try batch.elements()
    let dims = batch.output.shape.dims
    let labels = batch.labels?.integers ?? []
    let places = labels.count / max(batch.count, 1)
    guard batch.output.dtype.isFloatingPoint, dims.count == 3, dims[1] == places, dims[2] > 0 else {
      throw .scores(
        output: batch.name,
        reason: "is \(batch.output.dtype) of shape \(batch.output.shape), not scores of tokens of shape "
          + "N·\(places)·tokens")
    }
    let tokens = dims[2]
    if let index = labels.firstIndex(where: { $0 >= tokens }) {
      throw .token(data: data, token: labels[index], tokens: tokens)
    }
    batch.output.floats.withUnsafeBufferPointer { values in
      for sample in 0..<batch.count {
        var (correct, counted) = (0, 0)
        for place in (sample * places)..<((sample + 1) * places) where labels[place] >= 0 {
          let scores = Scores(
            values: UnsafeBufferPointer(rebasing: values[(place * tokens)..<((place + 1) * tokens)]),
            kind: kind)
          counted += 1
          if scores.prediction == labels[place] { correct += 1 }
          losses += scores.loss(label: labels[place])
        }
        share.add(correct: correct, of: counted)
      }
    }
  }

  var shares: SampleShares { share.shares }

  var result: Evaluation {
    let loss = share.places == 0 ? 0 : losses / Double(share.places)
    return Evaluation(
      task: .nextToken, samples: share.samples, total: share.samples, correct: share.correct, loss: loss,
      seconds: 0, score: share.share, interval: share.interval,
      figures: [
        Evaluation.Figure("perplexity", exp(loss)), Evaluation.Figure("tokens", Double(share.places)),
      ])
  }
}
