import Tensor

extension Dataset {
  /// The same samples in an order that depends on nothing but their number, their classes and `seed`: Fisher and
  /// Yates's shuffle (Knuth, TAOCP 2, 3.4.2, algorithm P) with numbers from SplitMix64, stratified: each class is
  /// spread evenly over the whole, so that any first part has its share of every class. `order` remembers where each
  /// stood.
  ///
  /// - Complexity: one copy of the samples.
  public func shuffled(seed: UInt64) -> Dataset {
    var random = SplitMix64(seed: seed)
    let permutation = stratified(random.permutation(count))
    return Dataset(
      self, inputs: inputs.mapValues { $0.gathered(permutation) },
      labels: labels?.gatheringRows(permutation), order: permutation.map { order[$0] },
      change: "stratified \(seed)")
  }

  /// Sample `k` of the `n` of its class belongs `(k + 1/2) / n` of the way through.
  private func stratified(_ permutation: [Int]) -> [Int] {
    let classes = classLabels
    guard classes.count == permutation.count else { return permutation }
    var sizes: [Int: Int] = [:]
    for label in classes { sizes[label, default: 0] += 1 }
    var seen: [Int: Int] = [:]
    let places = permutation.map { sample in
      let label = classes[sample]
      defer { seen[label, default: 0] += 1 }
      return (Double(seen[label, default: 0]) + 0.5) / Double(sizes[label]!)
    }
    return permutation.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { permutation[$0] }
  }

  /// Results that stand in this data's order, put into the file's: the first is that of the file's first
  /// sample, or the first one that is left of them.
  public func inFileOrder<T>(_ results: [T]) -> [T] {
    precondition(results.count == count)
    return order.indices.sorted { order[$0] < order[$1] }.map { results[$0] }
  }
}
