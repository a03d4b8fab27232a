import Foundation

/// What a model's scores are.
enum ScoreKind: Sendable {
  case logits
  case probabilities
}

/// The scores of classes, or of tokens, at one place.
struct Scores {
  let values: UnsafeBufferPointer<Float>
  let kind: ScoreKind

  /// The class with the largest score; of equals the first. A NaN counts as largest, as in NumPy's argmax.
  var prediction: Int {
    var best = 0
    for index in values.indices {
      let value = values[index]
      if value.isNaN { return index }
      if value > values[best] { best = index }
    }
    return best
  }

  /// Cross-entropy, in nats: the negated log of the probability of the label.
  func loss(label: Int) -> Double {
    let score = Double(values[label])
    switch kind {
    case .probabilities:
      // A probability that was rounded to 0 would be an infinite loss for one sample of thousands.
      return -log(max(score, Double(Float.leastNormalMagnitude)))
    case .logits:
      let largest = Double(values.max() ?? 0)
      var sum = 0.0
      for value in values { sum += exp(Double(value) - largest) }
      return largest + log(sum) - score
    }
  }

  /// Whether fewer than `places` classes score higher than the label does, or as high and stand before it.
  func isAmong(_ places: Int, label: Int) -> Bool {
    let score = values[label]
    if score.isNaN { return true }
    var better = 0
    for index in values.indices
    where values[index] > score || values[index].isNaN || values[index] == score && index < label {
      better += 1
    }
    return better < places
  }
}
