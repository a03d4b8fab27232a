import Tensor

/// Samples by which the ranges of activations are measured.
public struct CalibrationData: Sendable {
  /// By the name of the graph's input, each `[samples, ...]`, preprocessed.
  public let inputs: [String: Samples]
  /// Inputs that are the same for every sample, by name.
  public let constants: [String: Tensor]
  /// Samples that every input has.
  public let samples: Int
  /// What samples are, a whole number or several for each; nil where that is not known, or not to be looked at.
  public let labels: Tensor?
  /// The output that models are judged by; nil for the first.
  public let output: String?
  public let contentHash: ContentHash

  /// - Complexity: linear in the bytes of the samples, which are hashed once.
  public init(
    inputs: [String: Samples], constants: [String: Tensor] = [:], labels: Tensor? = nil, output: String? = nil
  ) {
    self.inputs = inputs
    self.constants = constants
    self.labels = labels
    self.output = output
    samples = inputs.values.map(\.count).min() ?? 0
    contentHash = ContentHash(
      inputs.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value.contentHash] }
        + constants.sorted { $0.key < $1.key }.flatMap { [ContentHash($0.key), $0.value.contentHash] }
        + (labels.map { [$0.contentHash] } ?? []) + (output.map { [ContentHash($0)] } ?? []))
  }

  /// The same of samples in memory, as they are given to the graph.
  public init(inputs: [String: Tensor]) { self.init(inputs: inputs.mapValues { Samples($0) }) }
}
