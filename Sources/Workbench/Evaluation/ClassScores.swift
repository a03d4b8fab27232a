import Foundation
import Graph
import Tensor

/// What a model says about a batch: `[N, classes]`, as logits or as probabilities.
struct ClassScores {
  enum Kind: Sendable {
    case logits
    case probabilities
  }

  /// `N · classes`, row-major.
  let values: [Float]
  let classes: Int
  let kind: Kind

  var count: Int { values.count / classes }

  /// - Parameter output: `[N, classes]`, or the same with axes of size 1 behind.
  /// - Throws: `EvaluationError` for anything else.
  init(_ output: Tensor, named name: String, kind: Kind) throws(EvaluationError) {
    let dims = output.shape.dims
    guard output.dtype.isFloatingPoint, dims.count >= 2, dims[1] > 0, dims[2...].allSatisfy({ $0 == 1 })
    else {
      let reason = "is \(output.dtype) of shape \(output.shape), not class scores of shape N·classes"
      throw .scores(output: name, reason: reason)
    }
    values = output.floats
    classes = dims[1]
    self.kind = kind
  }

  /// The class with the largest score; of equals the first. A NaN counts as largest, as in NumPy's argmax.
  func prediction(_ row: Int) -> Int {
    let start = row * classes
    var best = 0
    for index in 0..<classes {
      let value = values[start + index]
      if value.isNaN { return index }
      if value > values[start + best] { best = index }
    }
    return best
  }

  /// Cross-entropy of sample `row`, in nats: the negated log of the probability of its label.
  func loss(_ row: Int, label: Int) -> Double {
    let scores = values[row * classes..<(row + 1) * classes]
    let score = Double(scores[scores.startIndex + label])
    switch kind {
    case .probabilities:
      // A probability that was rounded to 0 would be an infinite loss for one sample of thousands.
      return -log(max(score, Double(Float.leastNormalMagnitude)))
    case .logits:
      let largest = Double(scores.max() ?? 0)
      let sum = scores.reduce(0.0) { $0 + exp(Double($1) - largest) }
      return largest + log(sum) - score
    }
  }
}
