/// Whose way of turning an amount into a number of weights or channels is followed.
///
/// They differ in how they round, and in what becomes of equal scores at the cut:
///
/// | mode | goes | equal scores at the cut |
/// |---|---|---|
/// | torch | round(s n), half to even | the first by position |
/// | distiller | int(s n); of channels never all unless s is 1 | all go |
/// | nncf | what is at or below the value at index int((n - 1) s) | all go |
/// | tfmot | all but max(round(n (1 - s)), 1) | all stay |
/// | coremltools | floor(n s) | the first by position |
/// | torch_pruning | n - int(n (1 - s)) | in a global list all go, else the first by position |
///
/// An amount of 0 changes nothing in any of them. NNCF's own global list is the scope `global_normalized`.
public enum Counting: String, Hashable, Sendable, CaseIterable {
  /// `torch.nn.utils.prune`.
  case torch
  /// Intel's Distiller; its norm of a channel is divided by the channel's length.
  case distiller
  /// OpenVINO's NNCF, magnitude sparsity.
  case nncf
  /// TensorFlow Model Optimization.
  case tfmot
  /// Apple's coremltools.
  case coremltools
  /// Torch-Pruning.
  case torchPruning = "torch_pruning"

  /// What becomes of equal scores at the cut.
  enum Ties: Hashable, Sendable {
    case byPosition
    case allGo
    case allStay
  }

  /// How many of `total` are cut off, before ties are looked at. May exceed `total` for a count.
  ///
  /// - Parameter amount: not a threshold.
  public func count(_ amount: Amount, of total: Int) -> Int {
    guard case .fraction(let share) = amount, share > 0, total > 0 else {
      if self == .tfmot, case .count(let count) = amount, count == total { return max(0, total - 1) }
      return amount.count(of: total)
    }
    let all = Double(total)
    return switch self {
    case .torch: amount.count(of: total)
    case .distiller, .coremltools: Int(share * all)
    case .nncf: Int((all - 1) * share) + 1
    case .tfmot: total - max(Int((all * (1 - share)).rounded(.toNearestOrEven)), 1)
    case .torchPruning: total - Int(all * (1 - share))
    }
  }

  func ties(isGlobal: Bool) -> Ties {
    switch self {
    case .torch, .coremltools: .byPosition
    case .distiller, .nncf: .allGo
    case .tfmot: .allStay
    case .torchPruning: isGlobal ? .allGo : .byPosition
    }
  }
}

extension PruningRule {
  /// Positions of the channels that go where `count` are cut off.
  func weakest(_ count: Int, of scores: [Double]) -> [Int] {
    let gone = counting.ties(isGlobal: scope != .layer).weakest(count, of: scores)
    if counting == .distiller, gone.count == scores.count, count < scores.count {
      return Counting.Ties.byPosition.weakest(scores.count - 1, of: scores)
    }
    return gone
  }
}

extension Counting.Ties {
  /// Positions of the `count` lowest scores in ascending order, and of those that equal scores add or take.
  func weakest(_ count: Int, of scores: [Double]) -> [Int] {
    if count == 0 { return [] }
    // What is not a number comes last.
    let order = scores.indices.sorted {
      let (one, other) = (scores[$0], scores[$1])
      if one.isNaN || other.isNaN { return one.isNaN == other.isNaN ? $0 < $1 : other.isNaN }
      return (one, $0) < (other, $1)
    }
    switch self {
    case .byPosition: return order.prefix(count).sorted()
    case .allGo:
      let cut = scores[order[count - 1]]
      return scores.indices.filter { scores[$0] <= cut }
    case .allStay:
      if count == scores.count { return Array(scores.indices) }
      let cut = scores[order[count]]
      return scores.indices.filter { scores[$0] < cut }
    }
  }
}
