extension DistillationSettings: Codable {
  private enum Field: String, CodingKey, CaseIterable {
    case loss, alpha, temperature, matches
    case optimizer
    case learningRate = "learning_rate"
    case momentum, nesterov
    case weightDecay = "weight_decay"
    case clippingNorm = "clip_norm"
    case schedule
    case stepEpochs = "step_epochs"
    case gamma
    case warmUpEpochs = "warmup_epochs"
    case epochs
    case batchSize = "batch_size"
    case seed, patience
    case simulatesQuantization = "quantization_aware"
    case quantizationDelay = "quantization_delay"
    case learnsScales = "learned_scales"
    case masks
    case initial = "agp_initial"
    case every = "agp_every"
    case end = "agp_end"
    case student, width, blocks, file
  }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: Field.allCases.map(\.rawValue))
    func number(_ field: Field, _ standard: Double) throws -> Double {
      try fields.number(field.rawValue, default: standard)
    }
    func name(_ field: Field, of names: [String], _ standard: String) throws -> String {
      try fields.choice(field.rawValue, of: names, named: \.self, default: standard)
    }
    self.init()
    loss = try name(.loss, of: DistillationLosses.names, loss)
    alpha = try number(.alpha, alpha)
    temperature = try number(.temperature, temperature)
    matches = try fields.list(Field.matches.rawValue)
    optimizer = try name(.optimizer, of: Optimizers.names, optimizer)
    learningRate = try number(.learningRate, learningRate)
    momentum = try number(.momentum, momentum)
    nesterov = try fields.bool(Field.nesterov.rawValue, default: nesterov)
    weightDecay = try number(.weightDecay, weightDecay)
    if fields.has(Field.clippingNorm.rawValue) { clippingNorm = try number(.clippingNorm, 0) }
    schedule = try name(.schedule, of: Schedules.names, schedule)
    stepEpochs = try fields.integer(Field.stepEpochs.rawValue, default: stepEpochs, in: 1...)
    gamma = try number(.gamma, gamma)
    warmUpEpochs = try fields.integer(Field.warmUpEpochs.rawValue, default: warmUpEpochs, in: 0...)
    epochs = try fields.integer(Field.epochs.rawValue, default: epochs, in: 0...)
    batchSize = try fields.integer(Field.batchSize.rawValue, default: batchSize, in: 1...)
    seed = try fields.integer(Field.seed.rawValue, default: seed, in: 0...)
    if fields.has(Field.patience.rawValue) {
      patience = try fields.integer(Field.patience.rawValue, default: 1, in: 1...)
    }
    simulatesQuantization = try fields.bool(
      Field.simulatesQuantization.rawValue, default: simulatesQuantization)
    quantizationDelay = try fields.integer(
      Field.quantizationDelay.rawValue, default: quantizationDelay, in: 0...)
    learnsScales = try fields.bool(Field.learnsScales.rawValue, default: learnsScales)
    masks = try Self.masks(fields)
    student = try Self.student(fields)
    try requireMeaning(fields)
    try validate(fields.path)
  }

  private static func masks(_ fields: StrictFields) throws -> Masks {
    let masks = try fields.choice(Field.masks.rawValue, of: Masks.kinds, named: \.name, default: .fixed)
    guard case .gradual(var ramp) = masks else { return masks }
    ramp.initial = try fields.number(Field.initial.rawValue, default: ramp.initial)
    ramp.every = try fields.integer(Field.every.rawValue, default: ramp.every, in: 1...)
    ramp.end = try fields.number(Field.end.rawValue, default: ramp.end)
    return .gradual(ramp)
  }

  private static func student(_ fields: StrictFields) throws -> Student {
    let kind = try fields.choice(
      Field.student.rawValue, of: Student.kinds, named: \.name, default: .compressed)
    switch kind {
    case .compressed: return .compressed
    case .width: return .width(try fields.number(Field.width.rawValue))
    case .withoutBlocks:
      return .withoutBlocks(try fields.value(Field.blocks.rawValue, mustBe: "a list of names"))
    case .file: return .file(try fields.value(Field.file.rawValue, mustBe: "the path of an ONNX file"))
    }
  }

  /// - Throws: `RecipeError` for a field that the others leave without a meaning.
  private func requireMeaning(_ fields: StrictFields) throws(RecipeError) {
    func require(_ field: Field, _ hasMeaning: Bool, _ reason: String) throws(RecipeError) {
      if fields.has(field.rawValue), !hasMeaning {
        throw RecipeError(field: fields.path(field.rawValue), reason: reason)
      }
    }
    func names(_ all: [(name: String, has: Bool)]) -> String {
      all.filter(\.has).map { "\"\($0.name)\"" }.joined(separator: ", ")
    }
    let teaching = names(DistillationLosses.all.map { ($0.name, $0.hasTeacher) })
    let softening = names(DistillationLosses.all.map { ($0.name, $0.hasTemperature) })
    let moving = names(Optimizers.all.map { ($0.name, $0.hasMomentum) })
    try require(.alpha, hasTeacher, "is for these losses only: \(teaching)")
    try require(.temperature, hasTemperature, "is for these losses only: \(softening)")
    try require(.momentum, hasMomentum, "is for these optimizers only: \(moving)")
    try require(.nesterov, hasMomentum, "is for these optimizers only: \(moving)")
    for field in [Field.stepEpochs, .gamma] {
      try require(field, schedule == StepSchedule.name, "is for the schedule \"\(StepSchedule.name)\" only")
    }
    for field in [Field.initial, .every, .end] {
      try require(field, masks != .fixed, "is for the masks \"\(Masks.gradual().name)\" only")
    }
    let kinds: [(Field, Student)] = [(.width, .width(1)), (.blocks, .withoutBlocks([])), (.file, .file(""))]
    for (field, kind) in kinds {
      try require(field, student.name == kind.name, "is for the student \"\(kind.name)\" only")
    }
  }

  private var hasTeacher: Bool { DistillationLosses.type(named: loss)?.hasTeacher ?? true }
  private var hasTemperature: Bool { DistillationLosses.type(named: loss)?.hasTemperature ?? true }
  private var hasMomentum: Bool { Optimizers.type(named: optimizer)?.hasMomentum ?? true }

  /// Writes what every recipe says, and beside it only what is not as it always is.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    let standard = DistillationSettings()
    func unlessStandard<T: Encodable & Equatable>(_ path: KeyPath<Self, T>, _ field: Field) throws {
      if self[keyPath: path] != standard[keyPath: path] {
        try container.encode(self[keyPath: path], forKey: field)
      }
    }
    try unlessStandard(\.loss, .loss)
    if hasTeacher { try container.encode(alpha, forKey: .alpha) }
    if hasTemperature { try container.encode(temperature, forKey: .temperature) }
    try unlessStandard(\.matches, .matches)
    try unlessStandard(\.optimizer, .optimizer)
    try container.encode(learningRate, forKey: .learningRate)
    if hasMomentum {
      try unlessStandard(\.momentum, .momentum)
      try unlessStandard(\.nesterov, .nesterov)
    }
    try unlessStandard(\.weightDecay, .weightDecay)
    try container.encodeIfPresent(clippingNorm, forKey: .clippingNorm)
    try unlessStandard(\.schedule, .schedule)
    if schedule == StepSchedule.name {
      try unlessStandard(\.stepEpochs, .stepEpochs)
      try unlessStandard(\.gamma, .gamma)
    }
    try unlessStandard(\.warmUpEpochs, .warmUpEpochs)
    try container.encode(epochs, forKey: .epochs)
    try unlessStandard(\.batchSize, .batchSize)
    try container.encode(seed, forKey: .seed)
    try container.encodeIfPresent(patience, forKey: .patience)
    try unlessStandard(\.simulatesQuantization, .simulatesQuantization)
    try unlessStandard(\.quantizationDelay, .quantizationDelay)
    try unlessStandard(\.learnsScales, .learnsScales)
    if case .gradual(let ramp) = masks {
      try container.encode(masks.name, forKey: .masks)
      try container.encode(ramp.initial, forKey: .initial)
      try container.encode(ramp.every, forKey: .every)
      try container.encode(ramp.end, forKey: .end)
    }
    if student != .compressed { try container.encode(student.name, forKey: .student) }
    switch student {
    case .compressed: break
    case .width(let width): try container.encode(width, forKey: .width)
    case .withoutBlocks(let blocks): try container.encode(blocks, forKey: .blocks)
    case .file(let file): try container.encode(file, forKey: .file)
    }
  }
}

extension ActivationMatch: Codable {
  private enum Field: String, CodingKey, CaseIterable { case kind, student, teacher, weight, axis }

  public init(from decoder: any Decoder) throws {
    let fields = try StrictFields(decoder, known: Field.allCases.map(\.rawValue))
    let student: String = try fields.value("student", mustBe: "the name of a value")
    self.init(
      kind: try fields.word("kind", default: .feature), student: student,
      teacher: fields.has("teacher") ? try fields.value("teacher", mustBe: "the name of a value") : student,
      weight: try fields.number("weight", default: 1),
      axis: fields.has("axis") ? try fields.value("axis", mustBe: "a whole number") : 1)
    try validate(fields.path)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    try container.encode(kind.rawValue, forKey: .kind)
    try container.encode(student, forKey: .student)
    try container.encode(teacher, forKey: .teacher)
    try container.encode(weight, forKey: .weight)
    if axis != 1 { try container.encode(axis, forKey: .axis) }
  }

  /// - Throws: `RecipeError` that names the field.
  func validate(_ path: (String) -> String) throws(RecipeError) {
    for (field, name) in [("student", student), ("teacher", teacher)] where name.isEmpty {
      throw RecipeError(field: path(field), reason: "names no value")
    }
    guard weight > 0, weight.isFinite else {
      throw RecipeError(field: path("weight"), reason: "must be above 0, not \(weight)")
    }
    guard axis != 0 else {
      throw RecipeError(field: path("axis"), reason: "is that of the samples; channels lie on another")
    }
  }
}
