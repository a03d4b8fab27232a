/// Why a recipe cannot be carried out on a model.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A layer that does not take what the recipe asks for.
  case layer(String, reason: String)
  /// Ranges cannot be measured.
  case calibration(String)
  case cancelled

  public var description: String {
    switch self {
    case .layer(let name, let reason): "layer '\(name)': \(reason)"
    case .calibration(let reason): "calibration: \(reason)"
    case .cancelled: "cancelled"
    }
  }
}
