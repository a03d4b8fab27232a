import Tensor

extension Dataset {
  /// The same samples in an order that depends on nothing but their number and `seed`: Fisher and Yates's
  /// shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P) with numbers from SplitMix64. `order` remembers where each
  /// stood.
  ///
  /// - Complexity: one copy of the samples.
  public func shuffled(seed: UInt64) -> Dataset {
    var permutation = Array(0..<count)
    var random = SplitMix64(state: seed)
    for index in stride(from: count - 1, to: 0, by: -1) {
      permutation.swapAt(index, random.next(below: index + 1))
    }
    return Dataset(
      self, inputs: inputs.mapValues { $0.gathered(permutation) },
      labels: labels?.gatheringRows(permutation), order: permutation.map { order[$0] },
      change: "shuffled \(seed)")
  }

  /// Results that stand in this data's order, put into the file's: the first is that of the file's first
  /// sample, or the first one that is left of them.
  public func inFileOrder<T>(_ results: [T]) -> [T] {
    precondition(results.count == count)
    return order.indices.sorted { order[$0] < order[$1] }.map { results[$0] }
  }
}

/// Steele, Lea and Flood's generator (OOPSLA 2014): small, and the same on every platform and in every version.
package struct SplitMix64 {
  private var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// A number below `bound`: the high half of the product (Lemire 2019). For the sizes of data sets the bias is
  /// below 1e-12, and not worth drawing again.
  package mutating func next(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
