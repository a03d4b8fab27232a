import Compression

/// The mean loss of the last batches, the latest counting most.
struct RecentLosses {
  /// What a batch keeps of its weight with each that follows.
  private static let memory = 0.95
  private var weight = 0.0
  private var total = 0.0
  private var hard: Double?
  private var soft: Double?

  mutating func add(_ terms: LossTerms) {
    func mixed(_ old: Double?, _ new: Double?) -> Double? {
      new.map { Self.memory * (old ?? 0) + (1 - Self.memory) * $0 }
    }
    weight = Self.memory * weight + (1 - Self.memory)
    total = mixed(total, terms.total) ?? 0
    hard = mixed(hard, terms.hard)
    soft = mixed(soft, terms.soft)
  }

  /// nil before the first.
  var mean: LossTerms? {
    weight > 0
      ? LossTerms(total: total / weight, hard: hard.map { $0 / weight }, soft: soft.map { $0 / weight }) : nil
  }
}
