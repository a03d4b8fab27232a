import Compression
import Foundation
import Tensor

/// Means over the batches of an epoch.
struct EpochSums {
  private var batches = 0
  private var total = 0.0
  private var hardTotal: Double?
  private var softTotal: Double?
  private var matchedTotal: Double?
  private var correct = 0
  private var judged = 0

  mutating func add(_ terms: LossTerms) {
    batches += 1
    total += terms.total
    if let term = terms.hard { hardTotal = (hardTotal ?? 0) + term }
    if let term = terms.soft { softTotal = (softTotal ?? 0) + term }
    if let term = terms.matched { matchedTotal = (matchedTotal ?? 0) + term }
  }

  mutating func count(_ right: (correct: Int, of: Int)) {
    correct += right.correct
    judged += right.of
  }

  var loss: Double { total / Double(max(batches, 1)) }
  var hard: Double? { hardTotal.map { $0 / Double(max(batches, 1)) } }
  var soft: Double? { softTotal.map { $0 / Double(max(batches, 1)) } }
  var matched: Double? { matchedTotal.map { $0 / Double(max(batches, 1)) } }
  var accuracy: Double? { judged == 0 ? nil : Double(correct) / Double(judged) }

  /// How many rows of logits have their label's score above all others, of those with a label.
  static func right(_ logits: Tensor, _ labels: Tensor?) -> (correct: Int, of: Int) {
    guard let labels = labels?.integers, let columns = logits.shape.dims.last, columns > 0,
      labels.count * columns == logits.count
    else { return (0, 0) }
    return logits.withElements(of: Float.self) { values in
      var (correct, count) = (0, 0)
      for (row, label) in labels.enumerated() where (0..<columns).contains(label) {
        let start = row * columns
        let own = values[start + label]
        count += 1
        if (0..<columns).allSatisfy({ values[start + $0] < own || $0 == label }) { correct += 1 }
      }
      return (correct, count)
    }
  }
}

/// What the parts of a batch came to.
///
/// Unchecked, because it holds a lock; all state is read and written under it.
final class ShardResults: @unchecked Sendable {
  private let lock = NSLock()
  private var terms: [LossTerms?]
  private var counts: [(correct: Int, of: Int)]

  init(count: Int) {
    terms = Array(repeating: nil, count: count)
    counts = Array(repeating: (0, 0), count: count)
  }

  func set(_ index: Int, _ terms: LossTerms, _ right: (correct: Int, of: Int)) {
    lock.withLock {
      self.terms[index] = terms
      counts[index] = right
    }
  }

  /// Over parts of the same size.
  var mean: LossTerms {
    lock.withLock {
      let all = terms.compactMap { $0 }
      let share = 1 / Double(max(all.count, 1))
      func mean(_ term: (LossTerms) -> Double?) -> Double? {
        let values = all.compactMap(term)
        return values.isEmpty ? nil : values.reduce(0, +) * share
      }
      return LossTerms(
        total: mean(\.total) ?? 0, hard: mean(\.hard), soft: mean(\.soft), matched: mean(\.matched))
    }
  }

  var right: (correct: Int, of: Int) {
    lock.withLock { counts.reduce((0, 0)) { ($0.0 + $1.correct, $0.1 + $1.of) } }
  }
}
