import Compression

/// What is done to the model as a whole, or not, in the order in which it is done.
package enum ModelSwitch: Int, Hashable, Sendable, CaseIterable {
  case meanBias, leastSquares, batchNorm, equalize

  var title: String {
    switch self {
    case .meanBias: "Mean bias"
    case .leastSquares: "Least squares"
    case .batchNorm: "Batch norm"
    case .equalize: "Equalize"
    }
  }

  /// What it does, in half a line.
  var explanation: String {
    switch self {
    case .meanBias: "fold the mean of channels that went into biases"
    case .leastSquares: "fit the weights that stay to the old outputs"
    case .batchNorm: "measure means and variances again"
    case .equalize: "scale channels to equal ranges before rounding"
    }
  }

  fileprivate var place: WritableKeyPath<Settings, Bool> & Sendable {
    switch self {
    case .meanBias: \.repair.meanBias
    case .leastSquares: \.repair.leastSquares
    case .batchNorm: \.repair.batchNorm
    case .equalize: \.equalize
    }
  }
}

extension Settings {
  package subscript(_ each: ModelSwitch) -> Bool {
    get { self[keyPath: each.place] }
    set { self[keyPath: each.place] = newValue }
  }
}
