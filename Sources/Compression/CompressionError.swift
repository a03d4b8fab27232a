/// Why a recipe cannot be carried out on a model.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A layer that does not take what the recipe asks for, and the rule that asks: `pruning[1]`.
  case layer(String, reason: String, rule: String? = nil)
  /// Ranges cannot be measured.
  case calibration(String)
  case cancelled

  public var description: String {
    switch self {
    case .layer(let name, let reason, let rule):
      (rule.map { "\($0): " } ?? "") + "layer '\(name)': \(reason)"
    case .calibration(let reason): "calibration: \(reason)"
    case .cancelled: "cancelled"
    }
  }
}

extension CompressionError {
  /// Runs what a rule asks for, and says of a layer that does not take it which rule that was.
  static func naming<Result>(_ rule: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch CompressionError.layer(let layer, let reason, rule: nil) {
      throw CompressionError.layer(layer, reason: reason, rule: rule)
    }
  }
}
