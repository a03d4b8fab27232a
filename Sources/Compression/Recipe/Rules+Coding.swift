extension Amount {
  /// As torch takes it: a share from 0 to 1, or a whole number above 1 that counts.
  ///
  /// - Returns: nil for anything else.
  public init?(number: Double) {
    if (0...1).contains(number) {
      self = .fraction(number)
    } else if let count = Int(exactly: number), count > 1 {
      self = .count(count)
    } else {
      return nil
    }
  }
}

extension WeightRule: Codable {
  private enum Field: String, CodingKey {
    case layers, bits, scheme, granularity, block, rounding, range, signed, calibration
  }

  private static let linearFields =
    ["granularity", "block", "rounding", "range", "signed", "calibration"] + RoundingMethod.fields

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: ["layers", "bits", "scheme"] + Self.linearFields)
    layers = try fields.layers()
    scheme = try fields.word("scheme", default: .symmetric)
    bits = try fields.bits("bits", in: scheme.widths)
    if scheme.linear == nil, let name = Self.linearFields.first(where: fields.has) {
      throw RecipeError(
        field: fields.path(name),
        reason: "is for \"symmetric\" and \"affine\" only, and the scheme is \"\(scheme.rawValue)\"")
    }
    granularity = try fields.choice("granularity", of: Granularity.kinds, named: \.name, default: .tensor)
    if case .block = granularity {
      let size: Int = try fields.value("block", mustBe: "a whole number")
      guard Granularity.blockSizes.contains(size) else {
        let sizes = Granularity.blockSizes.map(String.init).joined(separator: " or ")
        throw RecipeError(field: fields.path("block"), reason: "must be \(sizes), not \(size)")
      }
      granularity = .block(size)
    } else if fields.has("block") {
      throw RecipeError(
        field: fields.path("block"), reason: "only the granularity \"block\" has one")
    }
    linear = LinearOptions(
      rounding: try fields.word("rounding", default: .halfEven),
      integers: try fields.word("range", default: .standard),
      isSigned: try fields.bool("signed", default: true),
      calibration: try fields.word("calibration", default: .minmax), method: try RoundingMethod(fields))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(layers, forKey: .layers)
    try container.encode(bits, forKey: .bits)
    try container.encode(scheme.rawValue, forKey: .scheme)
    guard scheme.linear != nil else { return }
    try container.encode(granularity.name, forKey: .granularity)
    if case .block(let size) = granularity { try container.encode(size, forKey: .block) }
    let standard = LinearOptions.standard
    if linear.rounding != standard.rounding {
      try container.encode(linear.rounding.rawValue, forKey: .rounding)
    }
    if linear.integers != standard.integers {
      try container.encode(linear.integers.rawValue, forKey: .range)
    }
    if !linear.isSigned { try container.encode(false, forKey: .signed) }
    if linear.calibration != standard.calibration {
      try container.encode(linear.calibration.rawValue, forKey: .calibration)
    }
    try linear.method.encode(to: encoder)
  }
}

extension ActivationRule: Codable {
  private enum Field: String, CodingKey { case layers, bits, scheme, calibration, percentile, samples }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(
      decoder, known: ["layers", "bits", "scheme", "calibration", "percentile", "samples"])
    layers = try fields.layers()
    bits = try fields.bits("bits")
    scheme = try fields.word("scheme", default: .affine)
    calibration = try fields.choice(
      "calibration", of: Calibration.kinds, named: \.name, default: .minmax)
    if case .percentile(let standard) = calibration {
      let percentile = try fields.number("percentile", default: standard)
      guard percentile > 0 && percentile <= 100 else {
        throw RecipeError(
          field: fields.path("percentile"), reason: "must be above 0 and at most 100, not \(percentile)")
      }
      calibration = .percentile(percentile)
    } else if fields.has("percentile") {
      throw RecipeError(
        field: fields.path("percentile"), reason: "only the calibration \"percentile\" has one")
    }
    samples = try fields.integer("samples", default: 512, in: 1...)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(layers, forKey: .layers)
    try container.encode(bits, forKey: .bits)
    try container.encode(scheme.rawValue, forKey: .scheme)
    try container.encode(calibration.name, forKey: .calibration)
    if case .percentile(let percentile) = calibration {
      try container.encode(percentile, forKey: .percentile)
    }
    try container.encode(samples, forKey: .samples)
  }
}

extension Distillation: Codable {
  private enum Field: String, CodingKey {
    case alpha, temperature, epochs, seed
    case learningRate = "learning_rate"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(
      decoder, known: ["alpha", "temperature", "epochs", "learning_rate", "seed"])
    let standard = Distillation()
    alpha = try fields.number("alpha", default: standard.alpha)
    guard (0...1).contains(alpha) else {
      throw RecipeError(field: fields.path("alpha"), reason: "must lie between 0 and 1, not \(alpha)")
    }
    temperature = try fields.number("temperature", default: standard.temperature)
    learningRate = try fields.number("learning_rate", default: standard.learningRate)
    for (name, value) in [("temperature", temperature), ("learning_rate", learningRate)] where value <= 0 {
      throw RecipeError(field: fields.path(name), reason: "must be above 0, not \(value)")
    }
    epochs = try fields.integer("epochs", default: standard.epochs, in: 0...)
    seed = try fields.integer("seed", default: standard.seed, in: 0...)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(alpha, forKey: .alpha)
    try container.encode(temperature, forKey: .temperature)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(learningRate, forKey: .learningRate)
    try container.encode(seed, forKey: .seed)
  }
}
