import Tensor

/// How much the loss would change without a weight, to first order: `(w · g)²`, over samples (Molchanov, Mallya, Tyree,
/// Frosio and Kautz, "Importance estimation for neural network pruning", CVPR 2019). The loss and its gradients are
/// `GradientObserver`'s; of a channel it is the sum over its weights.
public struct Taylor: WeightCriterion, ChannelCriterion {
  public static let names = ["taylor"]
  public static let observes: Set<LayerObservation.Kind> = [.gradients]

  public init(_ rule: PruningRule) {}

  public var name: String { "first-order Taylor" }

  public func scores(of weight: RankedWeight) -> [Float] {
    let squares = weight.observation?.gradientSquares ?? []
    return weight.tensor.withElements(of: Float.self) { values in
      guard squares.count == values.count else { return values.map { $0 * $0 } }
      return values.indices.map { Float(Double(values[$0]) * Double(values[$0]) * squares[$0]) }
    }
  }
}
