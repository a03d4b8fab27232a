/// How weights become integers.
public enum RoundingMethod: Hashable, Sendable {
  /// Each by itself, to the nearest.
  case nearest
  /// In turn, so that those to come make up for what those before have lost (Frantar et al. 2022).
  case gptq(GPTQOptions = GPTQOptions())

  /// One of each kind.
  public static let kinds: [RoundingMethod] = [.nearest, .gptq()]

  /// The word for it in a recipe.
  public var name: String {
    switch self {
    case .nearest: "nearest"
    case .gptq: "gptq"
    }
  }
}

/// What GPTQ leaves open.
public struct GPTQOptions: Hashable, Sendable {
  /// Which inputs of a layer come first.
  public enum Order: String, Hashable, Sendable, CaseIterable {
    /// As they are stored.
    case natural
    /// Those that carry most first, so that least is lost where it counts.
    case activation
  }

  public var order: Order
  /// What is added to the diagonal of the inputs' products, as a share of its mean.
  public var damping: Double
  /// Number of samples on which inputs are observed; all, where there are fewer.
  public var samples: Int

  public init(
    order: Order = .natural, damping: Double = 0.01, samples: Int = PruningRule.standardSamples
  ) {
    self.order = order
    self.damping = damping
    self.samples = samples
  }
}

extension RoundingMethod {
  /// Names of the fields of a weight rule that say it.
  static let fields = ["method"] + optionFields

  private static let optionFields = ["order", "damping", "samples"]

  private enum Field: String, CodingKey { case method, order, damping, samples }

  /// - Throws: `RecipeError` that names the field.
  init(_ fields: StrictFields) throws {
    self = try fields.choice("method", of: Self.kinds, named: \.name, default: .nearest)
    guard case .gptq(var options) = self else {
      if let name = Self.optionFields.first(where: fields.has) {
        throw RecipeError(field: fields.path(name), reason: "is for the method \"gptq\" only")
      }
      return
    }
    options.order = try fields.word("order", default: options.order)
    options.damping = try fields.number("damping", default: options.damping)
    guard options.damping >= 0 else {
      throw RecipeError(field: fields.path("damping"), reason: "must be at least 0, not \(options.damping)")
    }
    options.samples = try fields.integer("samples", default: options.samples, in: 1...)
    self = .gptq(options)
  }

  /// Writes the fields beside those of the rule; none for `nearest`, and no option that is as it always is.
  func encode(to encoder: any Encoder) throws {
    guard case .gptq(let options) = self else { return }
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(name, forKey: .method)
    let standard = GPTQOptions()
    if options.order != standard.order { try container.encode(options.order.rawValue, forKey: .order) }
    if options.damping != standard.damping { try container.encode(options.damping, forKey: .damping) }
    if options.samples != standard.samples { try container.encode(options.samples, forKey: .samples) }
  }
}
