import Tensor

/// The order in which a layer's weights go, prepared once so that every amount is a look-up and one pass.
///
/// Weights with equal scores go in the order of their positions.
struct WeightRanking: Sendable {
  /// The scores as numbers that compare the same, in the weight's order.
  private let keys: [UInt32]
  private let sorted: [UInt32]

  /// - Complexity: linear.
  init(scores: [Float]) {
    keys = scores.map(Self.key)
    sorted = Self.radixSorted(keys)
  }

  var count: Int { keys.count }

  /// A number that compares as the score does, not-a-number above all.
  static func key(_ score: Float) -> UInt32 {
    let bits = score.isNaN ? Float.nan.bitPattern : score.bitPattern
    return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
  }

  static func score(ofKey key: UInt32) -> Float {
    Float(bitPattern: key >> 31 == 1 ? key & 0x7fff_ffff : ~key)
  }

  /// The score of the weight that goes as number `count`; nil for 0.
  func threshold(removing count: Int) -> Float? {
    count == 0 ? nil : Self.score(ofKey: sorted[count - 1])
  }

  /// Number of weights with a key below `key`.
  func rank(below key: UInt32) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Number of weights with this key or a lower one.
  func rank(through key: UInt32) -> Int { key == .max ? count : rank(below: key + 1) }

  /// `weight` with zeros for the `count` weights that go first.
  ///
  /// - Complexity: linear, one pass unless the cut runs through equal scores.
  func mask(_ weight: Tensor, removing count: Int) -> Tensor {
    if count == 0 { return weight }
    let key = sorted[count - 1]
    let last = lastRemoved(key, ties: count - rank(below: key), of: rank(through: key) - rank(below: key))
    if weight.dtype == .float32 {
      return Tensor(of: Float.self, shape: weight.shape) { target in
        weight.withElements(of: Float.self) { values in
          keys.withUnsafeBufferPointer { keys in
            // Bits and masks, as a branch would be guessed wrong half the time; and a half-open range, for a
            // closed one keeps the loop from running on vectors.
            for index in 0..<last + 1 {
              let kept: UInt32 = keys[index] > key ? .max : 0
              target[index] = Float(bitPattern: values[index].bitPattern & kept)
            }
            for index in last + 1..<max(keys.count, last + 1) {
              let kept: UInt32 = keys[index] >= key ? .max : 0
              target[index] = Float(bitPattern: values[index].bitPattern & kept)
            }
          }
        }
      }
    }
    let size = weight.dtype.bits / 8
    return Tensor(dtype: weight.dtype, shape: weight.shape) { target in
      weight.withUnsafeBytes { target.copyMemory(from: $0) }
      for index in keys.indices where keys[index] < key || (keys[index] == key && index <= last) {
        for byte in index * size..<(index + 1) * size { target[byte] = 0 }
      }
    }
  }

  /// `weight` with zeros for the `count` blocks that go first, where the scores are those of `grid`.
  ///
  /// - Complexity: linear.
  func mask(_ weight: Tensor, blocks grid: BlockGrid, removing count: Int) -> Tensor {
    if count == 0 { return weight }
    let key = sorted[count - 1]
    let last = lastRemoved(key, ties: count - rank(below: key), of: rank(through: key) - rank(below: key))
    let size = weight.dtype.bits / 8
    return Tensor(dtype: weight.dtype, shape: weight.shape) { target in
      weight.withUnsafeBytes { target.copyMemory(from: $0) }
      grid.forEachElement { block, element in
        guard keys[block] < key || (keys[block] == key && block <= last) else { return }
        for byte in element * size..<(element + 1) * size { target[byte] = 0 }
      }
    }
  }

  /// How many go where `count` are cut off, once equal scores have been looked at.
  func removing(_ count: Int, ties: Counting.Ties) -> Int {
    switch ties {
    case .byPosition: count
    case .allGo: count == 0 ? 0 : rank(through: sorted[count - 1])
    case .allStay: count == sorted.count ? count : rank(below: sorted[count])
    }
  }

  /// Position of the last weight with this key that goes, if the first `ties` of `all` do.
  private func lastRemoved(_ key: UInt32, ties: Int, of all: Int) -> Int {
    if ties == all { return count - 1 }
    var left = ties
    for index in keys.indices where keys[index] == key {
      left -= 1
      if left == 0 { return index }
    }
    return count - 1
  }

  /// Three passes of eleven bits.
  private static func radixSorted(_ keys: [UInt32]) -> [UInt32] {
    var source = keys
    var target = [UInt32](repeating: 0, count: keys.count)
    for shift in [0, 11, 22] as [UInt32] {
      var starts = [Int](repeating: 0, count: 2048)
      for key in source { starts[Int(key >> shift & 2047)] += 1 }
      var sum = 0
      for digit in 0..<2048 {
        let size = starts[digit]
        starts[digit] = sum
        sum += size
      }
      source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
          for key in source {
            let digit = Int(key >> shift & 2047)
            target[starts[digit]] = key
            starts[digit] += 1
          }
        }
      }
      swap(&source, &target)
    }
    return source
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
