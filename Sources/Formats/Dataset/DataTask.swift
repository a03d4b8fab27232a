/// What a model is judged by.
public enum DataTask: String, Hashable, Sendable, Codable, CaseIterable {
  /// One class a sample.
  case classification
  /// One number or several a sample.
  case regression
  /// The token that follows, at every place of a sequence.
  case nextToken = "next-token"
  /// How near the outputs are to those of the model as it was: needs no labels.
  case fidelity
}
