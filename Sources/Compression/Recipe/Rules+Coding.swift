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

  static func mustBe(not number: Double) -> String {
    let text = Int(exactly: number).map(String.init) ?? "\(number)"
    return "must lie between 0 and 1, or be a whole number above 1, not \(text)"
  }

  /// - Throws: `RecipeError` for an amount that no file can hold. Thresholds are looked at beside what else a rule says.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    let number: Double
    switch self {
    case .threshold: return
    case .steps(let steps):
      for step in steps { try step.validate(path) }
      return
    case .fraction(let fraction):
      if (0...1).contains(fraction) { return }
      number = fraction
    case .count(let count):
      if count >= 0 { return }
      number = Double(count)
    }
    throw RecipeError(field: path("amount"), reason: Self.mustBe(not: number))
  }
}

/// As a recipe has it: a number, or a list of them. A threshold has a field of its own.
extension Amount: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .fraction(let fraction), .threshold(let fraction): try container.encode(fraction)
    case .count(let count): try container.encode(count)
    case .steps(let steps): try container.encode(steps)
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
      granularity = .block(try fields.value("block", mustBe: "a whole number"))
    } else if fields.has("block") {
      throw RecipeError(
        field: fields.path("block"), reason: "only the granularity \"block\" has one")
    }
    linear = LinearOptions(
      rounding: fields.has("rounding") ? try fields.word("rounding", default: .halfEven) : nil,
      integers: try fields.word("range", default: .standard),
      isSigned: try fields.bool("signed", default: true),
      calibration: try fields.word("calibration", default: .minmax), method: try RoundingMethod(fields))
    try validate(fields.path)
  }

  /// Whether its parts go together, whatever the model.
  ///
  /// - Parameter path: where a field of this rule is.
  /// - Throws: `RecipeError` that names the field.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    try BitWidth.require(bits, in: scheme.widths, path("bits"))
    if case .block(let size) = granularity, scheme.linear != nil, !Granularity.blockSizes.contains(size) {
      let sizes = Granularity.blockSizes.map(String.init).joined(separator: " or ")
      throw RecipeError(field: path("block"), reason: "must be \(sizes), not \(size)")
    }
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
    try container.encodeIfPresent(linear.rounding?.rawValue, forKey: .rounding)
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
  private enum Field: String, CodingKey, CaseIterable {
    case layers, bits, scheme, calibration, percentile, samples, signed, range
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: Field.allCases.map(\.rawValue))
    layers = try fields.layers()
    bits = try fields.bits("bits")
    scheme = try fields.word("scheme", default: .affine)
    calibration = try fields.choice(
      "calibration", of: Calibration.kinds, named: \.name, default: .minmax)
    if case .percentile(let standard) = calibration {
      calibration = .percentile(try fields.number("percentile", default: standard))
    } else if fields.has("percentile") {
      throw RecipeError(
        field: fields.path("percentile"), reason: "only the calibration \"percentile\" has one")
    }
    samples = try fields.integer("samples", default: 512, in: 1...)
    isSigned = try fields.bool("signed", default: true)
    integers = try fields.word("range", default: .standard)
    try validate(fields.path)
  }

  /// Whether its parts go together, whatever the model.
  ///
  /// - Parameter path: where a field of this rule is.
  /// - Throws: `RecipeError` that names the field.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    try BitWidth.require(bits, in: [BitWidth.quantized], path("bits"))
    if case .percentile(let percentile) = calibration, !(percentile > 0 && percentile <= 100) {
      throw RecipeError(
        field: path("percentile"), reason: "must be above 0 and at most 100, not \(percentile)")
    }
    if samples < 1 {
      throw RecipeError(field: path("samples"), reason: "must be at least 1, not \(samples)")
    }
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
    if !isSigned { try container.encode(false, forKey: .signed) }
    if integers != .standard { try container.encode(integers.rawValue, forKey: .range) }
  }
}
