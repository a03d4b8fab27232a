import Engine

/// What samples tell of the values that one layer reads and writes.
public struct LayerObservation: Sendable {
  /// What can be asked for.
  public enum Kind: Hashable, Sendable, CaseIterable {
    /// Sums and sums of squares of what the layer sums.
    case inputs
    /// The matrices of products too, which take the square of a column's length.
    case products
    /// How often output channels are zero behind their activation.
    case zeros
    /// Squares of the gradients of weights.
    case gradients
  }

  /// Positions at which the layer computed an output channel, over all samples.
  public internal(set) var rows = 0
  /// Of inputs, by group and column as `Unfolding` has them; empty unless asked for.
  public internal(set) var sums: [Double] = []
  public internal(set) var squares: [Double] = []
  /// `Xᵀ X` of inputs, by group; empty unless asked for.
  public internal(set) var products: [SymmetricMatrix] = []
  /// The share of zeros in each output channel; empty unless asked for.
  public internal(set) var zeros: [Double] = []

  /// The mean over batches of the squares of the weight's gradients, in its order; empty unless asked for.
  public internal(set) var gradientSquares: [Double] = []

  /// The mean of each input.
  public var means: [Double] { sums.map { $0 / Double(max(rows, 1)) } }

  /// Bytes that it takes in memory, about.
  var byteCount: Int {
    8 * (sums.count + squares.count + zeros.count + gradientSquares.count)
      + products.reduce(0) { $0 + 4 * $1.elements.count }
  }
}
