import Compression
import Tensor

/// A constant while it learns: its real numbers, what is put into the graph in their place, and what the optimizer
/// remembers of it.
struct LearningParameter {
  let name: String
  let shape: Shape
  /// What the optimizer changes: the numbers themselves, or the values of a codebook.
  private(set) var values: [Float]
  private(set) var state: OptimizerState
  private var gradient: [Float]
  /// nil where nothing was pruned.
  private let kept: [Bool]?
  private var rounding: WeightRounding?
  /// The code of each weight where a codebook learns, negative where the weight was pruned.
  private(set) var codes: [Int32]?

  init(_ name: String, _ tensor: Tensor, kept: [Bool]?, optimizer: any Optimizer) {
    self.name = name
    shape = tensor.shape
    values = tensor.array(of: Float.self)
    self.kept = kept
    gradient = [Float](repeating: 0, count: values.count)
    state = optimizer.initialState(count: values.count)
  }

  /// Rounds the weights from now on; of a codebook the values learn, each weight keeping its own.
  ///
  /// - Throws: `CompressionError.layer` for a weight that does not take the form that it is rounded to.
  mutating func begin(_ rounding: WeightRounding, optimizer: any Optimizer) throws(CompressionError) {
    guard rounding.isCodebook else {
      self.rounding = rounding
      return
    }
    let shared = try rounding.shared(tensor)
    codes = shared.codes
    values = shared.values
    gradient = [Float](repeating: 0, count: values.count)
    state = optimizer.initialState(count: values.count)
  }

  /// The weights as they are: of a codebook those that it gives.
  var tensor: Tensor {
    guard let codes else { return Tensor(values, shape: shape) }
    return Tensor(codes.map { $0 < 0 ? 0 : values[Int($0)] }, shape: shape)
  }

  /// The weights that the graph computes with.
  ///
  /// - Throws: as `WeightRounding.rounded`.
  func simulated() throws(CompressionError) -> Tensor {
    let tensor = tensor
    guard let rounding else { return tensor }
    return try rounding.rounded(tensor)
  }

  /// Takes the gradient of the weights, straight through their rounding: what was pruned has none, and the values of a
  /// codebook have the sum of those that share them.
  ///
  /// - Returns: the sum of the squares.
  mutating func take(_ weights: UnsafeMutableBufferPointer<Float>) -> Double {
    if let codes {
      gradient = codes.withUnsafeBufferPointer {
        SharedWeights.gradients(of: UnsafeBufferPointer(weights), codes: $0, count: values.count)
      }
    } else {
      kept?.withUnsafeBufferPointer { PruningMask.clear(weights, unless: $0) }
      for index in gradient.indices { gradient[index] = weights[index] }
    }
    return gradient.withUnsafeBufferPointer { GradientClipping.squares($0) }
  }

  /// One step of the optimizer.
  ///
  /// - Parameter factor: what the gradient is multiplied by.
  mutating func step(_ optimizer: any Optimizer, learningRate: Double, factor: Double) {
    gradient.withUnsafeMutableBufferPointer { GradientClipping.scale($0, by: factor) }
    values.withUnsafeMutableBufferPointer { values in
      gradient.withUnsafeBufferPointer { gradient in
        guard let kept, codes == nil else {
          optimizer.update(values, gradient: gradient, state: &state, learningRate: learningRate)
          return
        }
        kept.withUnsafeBufferPointer {
          optimizer.update(values, gradient: gradient, state: &state, learningRate: learningRate, kept: $0)
        }
      }
    }
  }

  /// Goes back to what was kept of it.
  mutating func restore(
    _ values: [Float], _ state: OptimizerState, codes: [Int32]?, rounding: WeightRounding?
  ) {
    self.values = values
    self.state = state
    self.codes = codes
    self.rounding = codes == nil ? rounding : nil
    gradient = [Float](repeating: 0, count: values.count)
  }
}
