import Tensor

extension Dataset {
  /// The same samples in an order that depends on nothing but their number and `seed`: Fisher and Yates's
  /// shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P) with numbers from SplitMix64. `order` remembers where each
  /// stood.
  ///
  /// - Complexity: one copy of the samples.
  public func shuffled(seed: UInt64) -> Dataset {
    var permutation = Array(0..<count)
    var random = SplitMix64(seed: seed)
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
