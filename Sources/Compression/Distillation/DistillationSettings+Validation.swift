extension DistillationSettings {
  /// What a temperature may be: below it one class is left of a softmax, above it none stands out.
  public static let temperatures = 0.5...64.0

  /// More would take years, and no number of steps overflows.
  static let mostEpochs = 100_000

  /// Whether its parts are within their ranges and go together, whatever the model, also where no file was read.
  ///
  /// - Parameter path: where a field of it is.
  /// - Throws: `RecipeError` that names the field.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    try requireKnown(path)
    func require(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws(RecipeError) {
      guard range.contains(value) else {
        func text(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }
        throw RecipeError(
          field: path(name),
          reason:
            "must lie between \(text(range.lowerBound)) and \(text(range.upperBound)), not \(text(value))")
      }
    }
    func requirePositive(_ name: String, _ value: Double) throws(RecipeError) {
      guard value > 0, value.isFinite else {
        throw RecipeError(field: path(name), reason: "must be above 0, not \(value)")
      }
    }
    func require(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(RecipeError) {
      try require(name, Double(value), in: Double(range.lowerBound)...Double(range.upperBound))
    }
    func require(_ name: String, _ value: Int, atLeast least: Int) throws(RecipeError) {
      guard value >= least else {
        throw RecipeError(field: path(name), reason: "must be at least \(least), not \(value)")
      }
    }
    func requireShare(_ name: String, _ value: Double) throws(RecipeError) {
      guard value >= 0, value < 1 else {
        throw RecipeError(field: path(name), reason: "must be at least 0 and below 1, not \(value)")
      }
    }
    func requirePart(_ name: String, _ value: Double) throws(RecipeError) {
      guard value > 0, value <= 1 else {
        throw RecipeError(field: path(name), reason: "must be above 0 and at most 1, not \(value)")
      }
    }
    try require("alpha", alpha, in: 0...1)
    try require("temperature", temperature, in: Self.temperatures)
    try requirePositive("learning_rate", learningRate)
    try requireShare("momentum", momentum)
    if nesterov, momentum == 0 {
      throw RecipeError(field: path("nesterov"), reason: "needs a momentum above 0")
    }
    try require("weight_decay", weightDecay, in: 0...1)
    if let clippingNorm { try requirePositive("clip_norm", clippingNorm) }
    try require("step_epochs", stepEpochs, in: 1...Self.mostEpochs)
    try requirePart("gamma", gamma)
    try require("epochs", epochs, in: 0...Self.mostEpochs)
    guard (0...epochs).contains(warmUpEpochs) else {
      throw RecipeError(
        field: path("warmup_epochs"),
        reason: "must lie between 0 and epochs, \(epochs), not be \(warmUpEpochs)")
    }
    try require("batch_size", batchSize, atLeast: 1)
    try require("seed", seed, atLeast: 0)
    if let patience { try require("patience", patience, atLeast: 1) }
    if quantizationDelay > 0, !simulatesQuantization {
      throw RecipeError(
        field: path("quantization_delay"), reason: "delays nothing where quantization_aware is false")
    }
    try require("quantization_delay", quantizationDelay, in: 0...Self.mostEpochs)
    if learnsScales, !simulatesQuantization {
      throw RecipeError(
        field: path("learned_scales"), reason: "there are none to learn where quantization_aware is false")
    }
    for (index, match) in matches.enumerated() { try match.validate { path("matches[\(index)].\($0)") } }
    if case .gradual(let ramp) = masks {
      try requireShare("agp_initial", ramp.initial)
      try require("agp_every", ramp.every, atLeast: 1)
      try requirePart("agp_end", ramp.end)
    }
    switch student {
    case .compressed: break
    case .width(let width): try requirePart("width", width)
    case .withoutBlocks(let blocks):
      if blocks.isEmpty { throw RecipeError(field: path("blocks"), reason: "names no block") }
    case .file(let file):
      if file.isEmpty { throw RecipeError(field: path("file"), reason: "names no file") }
    }
  }

  private func requireKnown(_ path: (String) -> String) throws(RecipeError) {
    let chosen = [
      ("loss", loss, DistillationLosses.names), ("optimizer", optimizer, Optimizers.names),
      ("schedule", schedule, Schedules.names),
    ]
    for (field, name, names) in chosen where !names.contains(name) {
      throw RecipeError(
        field: path(field), reason: "'\(name)' is not known; there are \(names.joined(separator: ", "))")
    }
  }
}
