import Compression

/// What is done to the model as a whole, or not, in the order in which it is done.
package enum ModelSwitch: Int, Hashable, Sendable, CaseIterable {
  case meanBias, leastSquares, batchNorm, equalize, smooth, biasCorrection, mode

  package var title: String {
    switch self {
    case .meanBias: "Mean bias"
    case .leastSquares: "Least squares"
    case .batchNorm: "Batch norm"
    case .equalize: "Equalize"
    case .smooth: "Smooth"
    case .biasCorrection: "Correct biases"
    case .mode: "Tool"
    }
  }

  /// What it does, in half a line.
  func explanation(in settings: Settings) -> String {
    switch self {
    case .meanBias: "fold the mean of channels that went into biases"
    case .leastSquares: "fit the weights that stay to the old outputs"
    case .batchNorm: "measure means and variances again"
    case .equalize: "scale channels to equal ranges before rounding"
    case .smooth: "move large activations into the weights"
    case .biasCorrection: "give back what rounded weights add on average"
    case .mode:
      settings.mode.map { "quantize as \($0.rawValue) does, to the last bit" }
        ?? "quantize as a tool does: Space for the next"
    }
  }

  /// The mode after this one, round the end; the first is none.
  static func next(after mode: QuantizationMode?) -> QuantizationMode? {
    let all = [nil] + QuantizationMode.allCases.map(Optional.some)
    return all[((all.firstIndex(of: mode) ?? 0) + 1) % all.count]
  }
}

extension Settings {
  package func isOn(_ each: ModelSwitch) -> Bool {
    switch each {
    case .meanBias: repair.meanBias
    case .leastSquares: repair.leastSquares
    case .batchNorm: repair.batchNorm
    case .equalize: equalize
    case .smooth: smooth != nil
    case .biasCorrection: correctsBiases
    case .mode: mode != nil
    }
  }

  /// On or off; of tools the next one.
  package mutating func toggle(_ each: ModelSwitch) {
    switch each {
    case .meanBias: repair.meanBias.toggle()
    case .leastSquares: repair.leastSquares.toggle()
    case .batchNorm: repair.batchNorm.toggle()
    case .equalize: equalize.toggle()
    case .smooth: smooth = smooth == nil ? Recipe.standardSmoothing : nil
    case .biasCorrection: correctsBiases.toggle()
    case .mode:
      mode = ModelSwitch.next(after: mode)
      tensors = .standard(in: mode)
    }
  }

  /// Those that are on, as people read them; empty where none is.
  package var switchedOn: String {
    ModelSwitch.allCases.filter(isOn).map { each in
      each == .mode ? "as \(mode?.rawValue ?? "")" : each.title.lowercased()
    }.joined(separator: ", ")
  }
}
