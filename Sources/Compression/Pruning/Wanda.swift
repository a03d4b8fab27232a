import Tensor

/// Wanda: the magnitude of a weight times the Euclidean norm of what it multiplies, over samples (Sun, Liu, Bair and
/// Kolter, "A simple and effective pruning approach for large language models", ICLR 2024). The paper compares
/// within each output channel: that is the scope `output`.
///
/// In a convolution a weight multiplies one tap of every window.
public struct Wanda: WeightCriterion, ChannelCriterion {
  public static let names = ["wanda"]
  public static let observes: Set<LayerObservation.Kind> = [.inputs]

  public init(_ rule: PruningRule) {}

  public var name: String { "Wanda" }

  public func scores(of weight: RankedWeight) -> [Float] {
    guard let observation = weight.observation else { return weight.tensor.floats.map(abs) }
    let matrix = WeightMatrix(weight.layer)
    var scores = weight.tensor.floats
    let norms = observation.squares.map { Float($0.squareRoot()) }
    let rowsPerGroup = max(1, matrix.rows * matrix.columns / max(1, norms.count))
    for row in 0..<matrix.rows {
      let group = row / rowsPerGroup * matrix.columns
      for column in 0..<matrix.columns {
        let element = matrix.element(row, column)
        scores[element] = abs(scores[element]) * norms[group + column]
      }
    }
    return scores
  }
}
