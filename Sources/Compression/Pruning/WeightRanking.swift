import Tensor

/// The order in which a layer's weights go, prepared once so that every amount is a look-up.
///
/// Weights with equal scores go in the order of their positions. Which weights have which score is not kept:
/// whoever sets weights to zero compares their scores with a `WeightCut`.
struct WeightRanking: Sendable {
  private let sorted: SortedKeys
  /// What scores are divided by before they are compared with those of other layers; nil to leave them.
  private var norm: Double?

  /// - Complexity: linear.
  init(scores: [Float]) { sorted = scores.withUnsafeBufferPointer { SortedKeys($0, signs: true) } }

  /// By the magnitudes of the weights.
  init(magnitudesOf weight: Tensor) { sorted = SortedKeys(magnitudesOf: weight) }

  var count: Int { sorted.count }
  var byteCount: Int { sorted.byteCount }

  /// The scores in ascending order.
  var scores: [Float] { sorted.all.map(ScoreKey.score) }

  /// The same ranking of magnitudes, which ranks among other layers by its scores over their norm. The order is the same.
  func normalized(by norm: Double) -> WeightRanking {
    var result = self
    result.norm = norm > 0 ? norm : nil
    return result
  }

  /// The score of the weight that goes as number `count`; nil for 0.
  func threshold(removing count: Int) -> Float? {
    count == 0 ? nil : ScoreKey.score(sorted[count - 1])
  }

  /// Where the list is cut when `count` go, at least one.
  func cut(removing count: Int) -> WeightCut {
    let key = sorted[count - 1]
    let below = sorted.rank(below: key)
    return WeightCut(key: key, ties: count - below, all: sorted.rank(through: key) - below)
  }

  /// Number of weights with a key below `key`.
  func rank(below key: UInt32) -> Int {
    guard let norm else { return sorted.rank(below: key) }
    // Division and rounding keep the order, so that some magnitude is the first to reach the key.
    var (low, high) = (ScoreKey.of(0), ScoreKey.of(.nan) + 1)
    while low < high {
      let middle = low + (high - low) / 2
      if ScoreKey.of(Float(Double(ScoreKey.score(middle)) / norm)) < key {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return sorted.rank(below: low)
  }

  /// Number of weights with this key or a lower one.
  func rank(through key: UInt32) -> Int { key == .max ? count : rank(below: key + 1) }

  /// How many go where `count` are cut off, once equal scores have been looked at.
  func removing(_ count: Int, ties: Counting.Ties) -> Int {
    switch ties {
    case .byPosition: count
    case .allGo: count == 0 ? 0 : sorted.rank(through: sorted[count - 1])
    case .allStay: count == sorted.count ? count : sorted.rank(below: sorted[count])
    }
  }
}

extension SortedKeys {
  /// - Complexity: linear.
  init(magnitudesOf weight: Tensor) {
    // The keys stand for it from here on.
    defer { weight.forget() }
    if weight.dtype == .float32 {
      self = weight.withElements(of: Float.self) { SortedKeys($0, signs: false) }
    } else {
      self = weight.floats.withUnsafeBufferPointer { SortedKeys($0, signs: false) }
    }
  }
}

extension [WeightRanking] {
  /// How many weights of each layer go where all layers are ranked in one list, and `count` are cut off. Of
  /// equal scores, those of the earlier layer go first, unless `ties` has it that all go or stay.
  ///
  /// - Complexity: logarithmic in the weights, 32 steps for each layer.
  func removing(_ count: Int, ties: Counting.Ties = .byPosition) -> [Int] {
    if count == 0 { return map { _ in 0 } }
    if ties == .allGo {
      let cut = key(through: count)
      return map { $0.rank(through: cut) }
    }
    if ties == .allStay {
      if count == reduce(0, { $0 + $1.count }) { return map(\.count) }
      let cut = key(through: count + 1)
      return map { $0.rank(below: cut) }
    }
    let low = key(through: count)
    var left = count - reduce(0) { $0 + $1.rank(below: low) }
    return map { ranking in
      let below = ranking.rank(below: low)
      let ties = Swift.min(left, ranking.rank(through: low) - below)
      left -= ties
      return below + ties
    }
  }

  /// The lowest key through which at least `count` weights rank.
  private func key(through count: Int) -> UInt32 {
    var (low, high) = (UInt32.min, UInt32.max)
    while low < high {
      let middle = low + (high - low) / 2
      if reduce(0, { $0 + $1.rank(through: middle) }) >= count { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
