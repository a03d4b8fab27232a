import Tensor

/// Samples by which the ranges of activations are measured.
public struct CalibrationData: Sendable {
  /// By the name of the graph's input, each `[samples, ...]`, preprocessed.
  public let inputs: [String: Tensor]
  /// Samples that every input has.
  public let samples: Int
  public let contentHash: ContentHash

  /// - Complexity: linear in the bytes of the samples, which are hashed once.
  public init(inputs: [String: Tensor]) {
    self.inputs = inputs
    samples = inputs.values.map { $0.shape.rank == 0 ? 0 : $0.shape[0] }.min() ?? 0
    contentHash = ContentHash(
      inputs.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value.contentHash] })
  }
}
