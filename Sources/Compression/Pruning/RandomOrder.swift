import Tensor

/// Chance, as `torch.nn.utils.prune.random_unstructured` and `random_structured` have it: what any other
/// criterion has to beat. The same seed gives every weight the same order, whatever else is in the model.
public struct RandomOrder: WeightCriterion, ChannelCriterion {
  public static let names = ["random"]

  public let seed: Int

  public init(_ rule: PruningRule) { seed = rule.seed }

  public var name: String { "random \(seed)" }

  public func scores(of weight: RankedWeight) -> [Float] { scores(weight.tensor.count, weight) }

  public func scores(ofBlocks grid: BlockGrid, in weight: RankedWeight) -> [Float] {
    scores(grid.count, weight)
  }

  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) -> [Double] {
    var random = generator(weight)
    return (0..<weight.tensor.shape[axis]).map { _ in Double(random.next() >> 11) / 0x1p53 }
  }

  private func scores(_ count: Int, _ weight: RankedWeight) -> [Float] {
    var random = generator(weight)
    return (0..<count).map { _ in Float(random.next() >> 40) / 0x1p24 }
  }

  /// Of its own for each weight, told apart by the hash of its name (FNV-1a), so that equal shapes do not lose
  /// equal places.
  private func generator(_ weight: RankedWeight) -> SplitMix64 {
    let hash = weight.layer.weight.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return SplitMix64(seed: hash ^ UInt64(bitPattern: Int64(seed)))
  }
}
