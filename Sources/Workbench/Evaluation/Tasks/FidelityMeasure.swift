import Foundation
import Tensor

/// How near an output is to that of the model as it was: the share of places where the largest number along the last
/// axis stands at the same position, the cosine between all numbers of both, and the ratio of signal to
/// quantization noise in dB, 10·log10(Σ original² / Σ (original - output)²).
///
/// Of whole numbers a place is each number, which must be equal. Where the last axis has one number only there is
/// nothing to be largest, and the cosine is the headline.
struct FidelityMeasure: TaskMeasure {
  private var share = PlaceShare()
  private var hasPlaces = true
  private var samples = 0
  private var (products, squares, reference, noise) = (0.0, 0.0, 0.0, 0.0)

  mutating func add(_ batch: JudgedBatch) throws(EvaluationError) {
    let width = try batch.elements()
    guard let original = batch.reference, original.shape == batch.output.shape else {
      throw .scores(
        output: batch.name,
        reason: "has shape \(batch.output.shape), and \(batch.reference?.shape.description ?? "none") in the "
          + "model as it was")
    }
    let isWhole = !batch.output.dtype.isFloatingPoint
    let last = batch.output.shape.rank > 1 ? batch.output.shape.dims.last ?? 1 : 1
    let step = isWhole ? 1 : last
    hasPlaces = isWhole || last > 1
    let (now, before) = (batch.output.floats, original.floats)
    now.withUnsafeBufferPointer { now in
      before.withUnsafeBufferPointer { before in
        for sample in 0..<batch.count {
          let range = (sample * width)..<((sample + 1) * width)
          addNumbers(now, before, range)
          var correct = 0
          for start in stride(from: range.lowerBound, to: range.upperBound, by: max(step, 1)) {
            let same =
              isWhole
              ? now[start] == before[start]
              : Self.largest(now, start, step) == Self.largest(before, start, step)
            if same { correct += 1 }
          }
          share.add(correct: correct, of: width / max(step, 1))
        }
      }
    }
    samples += batch.count
  }

  private static func largest(_ values: UnsafeBufferPointer<Float>, _ start: Int, _ count: Int) -> Int {
    Scores(values: UnsafeBufferPointer(rebasing: values[start..<(start + count)]), kind: .logits).prediction
  }

  private mutating func addNumbers(
    _ now: UnsafeBufferPointer<Float>, _ before: UnsafeBufferPointer<Float>, _ range: Range<Int>
  ) {
    var (product, square, original, difference) = (0.0, 0.0, 0.0, 0.0)
    for index in range {
      let (a, b) = (Double(now[index]), Double(before[index]))
      product += a * b
      square += a * a
      original += b * b
      difference += (a - b) * (a - b)
    }
    products += product
    squares += square
    reference += original
    noise += difference
  }

  /// Between all numbers of both; 1 where both are zero throughout.
  private var cosine: Double {
    if noise == 0 { return 1 }
    let lengths = (squares * reference).squareRoot()
    return lengths > 0 ? products / lengths : 0
  }

  var shares: SampleShares { hasPlaces ? share.shares : SampleShares() }

  var result: Evaluation {
    let ratio = noise == 0 ? Double.infinity : 10 * log10(reference / noise)
    let score = hasPlaces ? share.share : cosine
    return Evaluation(
      task: .fidelity, samples: samples, total: samples, correct: hasPlaces ? share.correct : 0, loss: .nan,
      seconds: 0, score: score, interval: hasPlaces ? share.interval : score...score,
      figures: (hasPlaces ? [Evaluation.Figure("cosine", cosine)] : []) + [
        Evaluation.Figure("sqnr_db", ratio)
      ])
  }
}
