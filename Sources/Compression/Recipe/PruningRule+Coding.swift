extension PruningRule: Codable {
  private enum Word: String, CaseIterable { case weight, channel, head, block, nm }

  private enum Field: String, CodingKey, CaseIterable {
    case layers, scope, unit, norm, criterion, seed, samples, amount, threshold, counting, axis, remove,
      block, n, m
    case roundTo = "round_to"
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: Field.allCases.map(\.rawValue))
    layers = try fields.layers()
    scope = try fields.word("scope", default: .layer)
    unit = try Self.unit(fields)
    norm = try fields.integer("norm", default: 1, in: 1...)
    criterion = nil
    if fields.has("criterion") {
      let name: String = try fields.value("criterion", mustBe: "the name of a criterion")
      switch name {
      case "l1", "l2":
        let named = name == "l1" ? 1 : 2
        if fields.has("norm"), norm != named {
          throw RecipeError(field: fields.path("norm"), reason: "is \(norm), but the criterion is \(name)")
        }
        norm = named
      default:
        if fields.has("norm") {
          throw RecipeError(field: fields.path("norm"), reason: "is not for the criterion \"\(name)\"")
        }
        criterion = name
      }
    }
    seed = try fields.integer("seed", default: 0, in: 0...)
    if fields.has("seed"), criterion != "random" {
      throw RecipeError(field: fields.path("seed"), reason: "is for the criterion \"random\" only")
    }
    samples = try fields.integer("samples", default: Self.standardSamples, in: 1...)
    amount = try Self.amount(fields, isPattern: unit.isPattern)
    counting = try fields.word("counting", default: .torch)
    if fields.has("round_to") {
      roundTo = try fields.integer("round_to", default: 1, in: 1...)
    }
    if fields.has("samples"), !observes {
      throw RecipeError(
        field: fields.path("samples"),
        reason:
          "is for criteria that observe samples only: \(PruningCriteria.observing.joined(separator: ", "))")
    }
    try validate(fields.path)
  }

  private static func unit(_ fields: StrictFields) throws -> Unit {
    let word = try fields.word("unit", default: Word.weight)
    let remove = try fields.bool("remove", default: false)
    let axis: Int? = fields.has("axis") ? try fields.value("axis", mustBe: "a whole number") : nil
    if remove && word != .channel && word != .head {
      throw RecipeError(field: fields.path("remove"), reason: "only whole channels and heads can be removed")
    }
    if axis != nil && word != .channel {
      throw RecipeError(field: fields.path("axis"), reason: "only channels have an axis")
    }
    if word != .block, fields.has("block") {
      throw RecipeError(field: fields.path("block"), reason: "is for the unit \"block\" only")
    }
    for name in ["n", "m"] where word != .nm && fields.has(name) {
      throw RecipeError(field: fields.path(name), reason: "is for the unit \"nm\" only")
    }
    switch word {
    case .weight: return .weight
    case .channel: return .channel(axis: axis, remove: remove)
    case .head: return .head(remove: remove)
    case .block:
      let sizes: [Int] = try fields.value("block", mustBe: "a list of two whole numbers")
      guard sizes.count == 2 else {
        throw RecipeError(field: fields.path("block"), reason: "must be a list of two whole numbers")
      }
      return .block(rows: sizes[0], columns: sizes[1])
    case .nm:
      return .pattern(
        n: try fields.value("n", mustBe: "a whole number"), m: try fields.value("m", mustBe: "a whole number")
      )
    }
  }

  private static func amount(_ fields: StrictFields, isPattern: Bool) throws -> Amount {
    if fields.has("threshold") {
      if fields.has("amount") {
        throw RecipeError(field: fields.path("threshold"), reason: "cannot stand beside an amount")
      }
      return .threshold(try fields.number("threshold"))
    }
    if isPattern && !fields.has("amount") { return .fraction(1) }
    func amount(_ number: Double) throws -> Amount {
      if let amount = Amount(number: number) { return amount }
      throw RecipeError(field: fields.path("amount"), reason: Amount.mustBe(not: number))
    }
    guard let numbers = try? fields.value("amount", [Double].self, mustBe: "") else {
      return try amount(try fields.value("amount", mustBe: "a number or a list of numbers"))
    }
    return .steps(try numbers.map(amount))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(layers, forKey: .layers)
    try container.encode(scope.rawValue, forKey: .scope)
    if let criterion {
      try container.encode(criterion, forKey: .criterion)
      if criterion == "random" { try container.encode(seed, forKey: .seed) }
      if observes { try container.encode(samples, forKey: .samples) }
    } else {
      try container.encode(norm, forKey: .norm)
    }
    if case .threshold(let threshold) = amount {
      try container.encode(threshold, forKey: .threshold)
    } else {
      try container.encode(amount, forKey: .amount)
    }
    if counting != .torch { try container.encode(counting.rawValue, forKey: .counting) }
    switch unit {
    case .weight:
      try container.encode(Word.weight.rawValue, forKey: .unit)
    case .channel(let axis, let remove):
      try container.encode(Word.channel.rawValue, forKey: .unit)
      try container.encodeIfPresent(axis, forKey: .axis)
      try container.encode(remove, forKey: .remove)
      if remove { try container.encodeIfPresent(roundTo, forKey: .roundTo) }
    case .head(let remove):
      try container.encode(Word.head.rawValue, forKey: .unit)
      if remove { try container.encode(true, forKey: .remove) }
      if remove { try container.encodeIfPresent(roundTo, forKey: .roundTo) }
    case .block(let rows, let columns):
      try container.encode(Word.block.rawValue, forKey: .unit)
      try container.encode([rows, columns], forKey: .block)
    case .pattern(let n, let m):
      try container.encode(Word.nm.rawValue, forKey: .unit)
      try container.encode(n, forKey: .n)
      try container.encode(m, forKey: .m)
    }
  }
}

extension PruningRule {
  /// Whether its parts go together, whatever the model.
  ///
  /// - Parameter path: where a field of this rule is.
  /// - Throws: `RecipeError` that names the field.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    if let criterion, !PruningCriteria.names.contains(criterion) {
      let known = PruningCriteria.names.joined(separator: ", ")
      throw RecipeError(field: path("criterion"), reason: "'\(criterion)' is not known; there are \(known)")
    }
    if scope == .output {
      if unit.isSlice {
        throw RecipeError(field: path("scope"), reason: "\"output\" is for what lies within a channel")
      }
      if case .block = unit {
        throw RecipeError(field: path("scope"), reason: "\"output\" is not for blocks, which span channels")
      }
      if case .threshold = amount {
        throw RecipeError(field: path("threshold"), reason: "cannot stand beside the scope \"output\"")
      }
    }
    switch unit {
    case .weight, .channel, .head: break
    case .block(let rows, let columns):
      // Whoever wants single weights says so.
      if rows < 1 || columns < 1 || rows.multipliedReportingOverflow(by: columns).overflow {
        throw RecipeError(
          field: path("block"),
          reason: "must be a number of rows and one of columns, not \(rows) and \(columns)")
      }
    case .pattern(let n, let m):
      if n < 1 || n >= m {
        throw RecipeError(field: path("n"), reason: "must lie between 1 and m - 1, not be \(n) of \(m)")
      }
    }
    if roundTo != nil && !unit.takesOut {
      throw RecipeError(
        field: path("round_to"), reason: "has a meaning only where channels or heads are removed")
    }
    let ranking = PruningCriteria.criterion(for: self)
    if case .block = unit, ranking is any ReconstructingCriterion {
      throw RecipeError(field: path("criterion"), reason: "'\(criterion ?? "")' does not prune blocks")
    }
    let fits = unit.isSlice ? ranking is any ChannelCriterion : ranking is any WeightCriterion
    if !fits {
      throw RecipeError(
        field: path("criterion"),
        reason: "'\(criterion ?? "")' ranks " + (unit.isSlice ? "single weights only" : "channels only"))
    }
    try amount.validate(path)
    if case .steps(let steps) = amount {
      if steps.isEmpty { throw RecipeError(field: path("amount"), reason: "has no step") }
      if counting != .torch {
        throw RecipeError(field: path("counting"), reason: "must be \"torch\" where the amount has steps")
      }
    }
    if case .threshold(let threshold) = amount {
      if !(threshold >= 0 && threshold.isFinite) {
        throw RecipeError(field: path("threshold"), reason: "must be at least 0, not \(threshold)")
      }
      if counting != .torch {
        throw RecipeError(
          field: path("counting"), reason: "says how an amount is rounded; there is a threshold")
      }
    }
  }
}

extension PruningRule {
  /// Whether its criterion has to know what samples do.
  var observes: Bool { !type(of: PruningCriteria.criterion(for: self)).observes.isEmpty }
}

extension PruningRule.Unit {
  /// Whether it is made of slices along axes, which is what criteria for channels rank.
  public var isSlice: Bool { isChannel || isHead }

  /// Whether it is one slice along an axis.
  public var isChannel: Bool { if case .channel = self { true } else { false } }

  public var isHead: Bool { if case .head = self { true } else { false } }

  /// What can be ranked together: of what spans output channels, not single ones.
  public var scopes: [PruningRule.Scope] {
    PruningRule.Scope.allCases.filter { $0 != .output || isSingle }
  }

  /// Whether single weights are ranked by themselves.
  var isSingle: Bool { self == .weight || isPattern }

  public var isPattern: Bool { if case .pattern = self { true } else { false } }

  /// As what of a weight is ranked; slices are not.
  var ranked: RankedUnit {
    switch self {
    case .weight, .channel, .head: .single
    case .block(let rows, let columns): .block(rows: rows, columns: columns)
    case .pattern(let n, let m): .pattern(n: n, m: m)
    }
  }
}
