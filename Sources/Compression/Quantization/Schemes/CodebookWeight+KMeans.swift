import Tensor

extension CodebookWeight {
  /// The `2^bits` values with the least squared error that k-means finds, from an even start between the least
  /// and the greatest weight: the linear initialisation of Han, Mao and Dally, "Deep Compression" (2016). A
  /// weight with zeros has one entry for them alone, so that what is pruned stays pruned.
  ///
  /// - Throws: `WeightMismatch` for a number that is not finite.
  /// - Complexity: that of sorting the weights once; a round of k-means is logarithmic in them.
  init(clustering weight: Tensor, bits: Int) throws(WeightMismatch) {
    let values = weight.array(of: Float.self)
    guard values.withUnsafeBufferPointer({ FloatExtent($0).check == 0 }) else { throw .notFinite }
    let clustered = values.filter { $0 != 0 }.sorted()
    let pinsZero = clustered.count < values.count
    let entries = Self.centroids(of: clustered, count: (1 << bits) - (pinsZero ? 1 : 0))
    self.init(weight, entries: entries, pinsZero: pinsZero, bits: bits)
  }

  /// Lloyd's iterations on numbers that ascend. Clusters are stretches of them, so that sums from the start give
  /// every mean. A centroid that no number is next to stays where it is.
  private static func centroids(of sorted: [Float], count: Int) -> [Float] {
    guard let least = sorted.first, let greatest = sorted.last else { return [] }
    // As few values as there are entries need no clusters: a weight that has a codebook keeps it.
    if let distinct = sorted.distinct(atMost: count) { return distinct }
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    for value in sorted { sums.append(sums[sums.count - 1] + Double(value)) }
    let width = Double(greatest) - Double(least)
    var centroids = (0..<count).map { Double(least) + width * Double($0) / Double(max(count - 1, 1)) }
    var ends: [Int] = []
    // Far more rounds than layers take; each is short.
    for _ in 0..<1000 {
      let borders = zip(centroids, centroids.dropFirst()).map { ($0 + $1) / 2 }
      let next = borders.map { border in sorted.partitioningIndex { Double($0) > border } } + [sorted.count]
      if next == ends { break }
      ends = next
      var start = 0
      for (cluster, end) in ends.enumerated() {
        if end > start { centroids[cluster] = (sums[end] - sums[start]) / Double(end - start) }
        start = max(start, end)
      }
    }
    return Set(centroids.map { Float($0) }).sorted()
  }
}

extension [Float] {
  /// Each number once, of numbers that ascend; nil where they are more than `limit`.
  fileprivate func distinct(atMost limit: Int) -> [Float]? {
    var found: [Float] = []
    for value in self where value != found.last {
      if found.count == limit { return nil }
      found.append(value)
    }
    return found
  }

  /// The first place from which on a condition holds, which holds for none before it.
  fileprivate func partitioningIndex(where condition: (Float) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
