import Tensor

/// LAMP: the square of a weight over the sum of the squares of all weights of its layer that are not smaller
/// (Lee, Park, Mo, Ahn and Shin, "Layer-adaptive sparsity for the magnitude-based pruning", ICLR 2021).
///
/// In a layer by itself that is the order of magnitudes; in a global list no layer loses its last weight, for its
/// score is 1.
public struct LayerAdaptiveMagnitude: WeightCriterion {
  public static let names = ["lamp"]

  public init(_ rule: PruningRule) {}

  public var name: String { "LAMP" }

  /// - Complexity: O(n log n).
  public func scores(of weight: RankedWeight) -> [Float] {
    let values = weight.tensor.floats
    let ranking = WeightRanking(magnitudesOf: weight.tensor)
    let magnitudes = ranking.scores
    // Of the squares at this place of the sorted list and behind it.
    var sums = [Double](repeating: 0, count: values.count + 1)
    for place in values.indices.reversed() {
      let magnitude = Double(magnitudes[place])
      sums[place] = sums[place + 1] + magnitude * magnitude
    }
    return values.map { value in
      let square = Double(value) * Double(value)
      if square == 0 { return 0 }
      return Float(square / sums[ranking.rank(below: ScoreKey.of(abs(value)))])
    }
  }
}
