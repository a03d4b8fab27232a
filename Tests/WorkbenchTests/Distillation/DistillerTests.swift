import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

/// Training a small classifier's students by the classifier, on random images.
@Suite struct DistillerTests {
  /// The bundle's own validation images serve as what is trained on here: nothing is judged by them.
  private static func data(_ bundle: TinyBundle) throws -> Dataset {
    try Project(bundle.directory).loadData()
  }

  private static func recipe(
    bits: Int = 32, scheme: WeightScheme = .symmetric, _ settings: DistillationSettings
  ) -> Recipe {
    Recipe(
      pruning: [PruningRule(layers: ["fc1"], amount: .fraction(0.5))],
      weights: bits == 32
        ? [] : [WeightRule(layers: ["*"], bits: bits, scheme: scheme, granularity: .tensor)],
      distillation: settings)
  }

  private static func settings(epochs: Int = 4) -> DistillationSettings {
    var settings = DistillationSettings()
    (settings.epochs, settings.batchSize, settings.learningRate) = (epochs, 64, 0.02)
    (settings.alpha, settings.temperature, settings.seed) = (1, 2, 3)
    return settings
  }

  private static func distiller(
    _ bundle: TinyBundle, _ recipe: Recipe, threads: Int = 2, cache: String? = nil
  ) throws -> Distiller {
    let project = try Project(bundle.directory)
    let data = try data(bundle)
    let student = try DistillationStudent(
      Compressor(project.model), recipe, calibration: CalibrationData(inputs: data.inputs))
    return try Distiller(
      student, by: project.model.graph, on: data, settings: recipe.distillation!,
      threads: threads, cacheDirectory: cache)
  }

  private static func bits(_ constants: [String: Tensor]) -> [String: ContentHash] {
    constants.mapValues(\.contentHash)
  }

  private static func run(_ distiller: Distiller, epochs: Int) throws {
    for _ in 0..<epochs { try distiller.epoch { _ in -Double(distiller.reports.count) } }
  }

  @Test func theStudentComesNearerToItsTeacher() throws {
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(Self.settings(epochs: 8)))
    try Self.run(distiller, epochs: 8)
    #expect(distiller.isOver)
    #expect(distiller.reports.count == 8)
    #expect(distiller.reports[7].loss < 0.5 * distiller.reports[0].loss)
    #expect(distiller.reports[0].hard == nil)
    #expect(distiller.reports[0].soft != nil)
  }

  @Test func prunedWeightsStayZero() throws {
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(Self.settings()))
    let before = distiller.best["fc1.weight"]!.floats
    try Self.run(distiller, epochs: 2)
    let after = distiller.checkpoint.tensors["values/fc1.weight"]!.floats
    #expect(before.count { $0 == 0 } == 16)
    #expect(zip(before, after).allSatisfy { ($0 == 0) == ($1 == 0) })
    #expect(before != after)
  }

  @Test(arguments: [1, 2, 3]) func threadsDoNotChangeABit(_ threads: Int) throws {
    let bundle = try TinyBundle()
    let one = try Self.distiller(bundle, Self.recipe(Self.settings()), threads: 1)
    let more = try Self.distiller(bundle, Self.recipe(Self.settings()), threads: threads)
    try Self.run(one, epochs: 2)
    try Self.run(more, epochs: 2)
    #expect(Self.bits(one.checkpoint.tensors) == Self.bits(more.checkpoint.tensors))
  }

  @Test func anotherSeedIsAnotherTraining() throws {
    let bundle = try TinyBundle()
    var other = Self.settings()
    other.seed = 4
    let first = try Self.distiller(bundle, Self.recipe(Self.settings()))
    let second = try Self.distiller(bundle, Self.recipe(other))
    try Self.run(first, epochs: 1)
    try Self.run(second, epochs: 1)
    #expect(Self.bits(first.checkpoint.tensors) != Self.bits(second.checkpoint.tensors))
  }

  @Test(
    arguments: [
      recipe(settings()), recipe(bits: 4, settings()), recipe(bits: 3, scheme: .codebook, settings()),
      recipe(bits: 3, scheme: .codebook, delayed(1)), recipe(bits: 3, scheme: .codebook, delayed(2)),
      recipe(bits: 4, delayed(2)), recipe(bits: 3, steppedScales()), recipe(growing()), recipe(matching()),
      recipe(bits: 3, everything()), rounding(activations: 4, bits: 4), rounding(activations: 8, bits: 32),
    ])
  func goesOnFromItsFileToTheSameBits(_ recipe: Recipe) throws {
    let bundle = try TinyBundle()
    let whole = try Self.distiller(bundle, recipe)
    try Self.run(whole, epochs: 4)
    let begun = try Self.distiller(bundle, recipe)
    try Self.run(begun, epochs: 2)
    let path = bundle.directory + "/half.checkpoint"
    try begun.checkpoint.write(to: path)
    let resumed = try Self.distiller(bundle, recipe)
    try resumed.restore(try DistillationCheckpoint(path: path))
    try Self.run(resumed, epochs: 2)
    #expect(Self.bits(resumed.checkpoint.tensors) == Self.bits(whole.checkpoint.tensors))
    #expect(resumed.reports.map(\.loss) == whole.reports.map(\.loss))
    #expect(Self.bits(resumed.best) == Self.bits(whole.best))
  }

  private static func delayed(_ epochs: Int) -> DistillationSettings {
    var settings = settings()
    settings.quantizationDelay = epochs
    return settings
  }

  private static func steppedScales() -> DistillationSettings {
    var settings = settings()
    settings.learnsScales = true
    return settings
  }

  private static func rounding(activations: Int, bits: Int) -> Recipe {
    var recipe = recipe(bits: bits, steppedScales())
    recipe.activations = [ActivationRule(layers: ["*"], bits: activations)]
    return recipe
  }

  private static func growing() -> DistillationSettings {
    var settings = settings()
    settings.masks = .gradual(.init(initial: 0.1, every: 2, end: 0.7))
    return settings
  }

  private static func matching() -> DistillationSettings {
    var settings = settings()
    settings.matches = [
      ActivationMatch(kind: .feature, student: "fc1", teacher: "fc2"),
      ActivationMatch(kind: .feature, student: "relu", teacher: "relu", weight: 2),
    ]
    return settings
  }

  private static func everything() -> DistillationSettings {
    var settings = growing()
    (settings.learnsScales, settings.matches, settings.quantizationDelay) = (true, matching().matches, 1)
    return settings
  }

  /// The masks have grown to the amount when training ends, what the file will hold is pruned by as much, and the weights
  /// that were kept are not those that were the greatest at first.
  @Test func masksGrow() throws {
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(Self.growing()))
    func zeros() -> Int { distiller.checkpoint.tensors["values/fc1.weight"]!.floats.count { $0 == 0 } }
    var counts: [Int] = []
    for _ in 0..<4 {
      try Self.run(distiller, epochs: 1)
      counts.append(zeros())
    }
    #expect(counts.last == 16)
    #expect(counts[0] > 0 && counts[0] < 16)
    #expect(counts == counts.sorted())
    let student = distiller.student
    let graph = try student.compressed(student.carrying(distiller.best), name: "x", threads: 1).graph
    #expect(graph.constants["fc1.weight"]!.floats.count { $0 == 0 } == 16)
  }

  /// Channels that go in the end are silent by then, whatever else is rounded or pruned.
  @Test(arguments: [32, 3], [WeightScheme.symmetric, .codebook])
  func masksOfChannelsGrow(_ bits: Int, _ scheme: WeightScheme) throws {
    var recipe = Self.recipe(bits: bits, scheme: scheme, Self.growing())
    recipe.pruning = [
      PruningRule(layers: ["fc1"], unit: .channel(remove: true), norm: 2, amount: .fraction(0.5), roundTo: 3),
      PruningRule(layers: ["fc2"], amount: .fraction(0.5)),
    ]
    let distiller = try Self.distiller(try TinyBundle(), recipe)
    for epoch in 0..<4 { try distiller.epoch { _ in Double(epoch) } }
    let trained = distiller.student.carrying(distiller.best)
    let silent = (0..<8).filter { row in
      trained.constants["fc1.weight"]!.floats[4 * row..<4 * row + 4].allSatisfy { $0 == 0 }
    }
    let compressed = try distiller.student.compressed(trained, name: "x", threads: 1)
    // Three of eight stay: a half, rounded down to a multiple of three.
    #expect(compressed.layers[0].prunedChannels == silent)
    #expect(compressed.graph.constants["fc1.weight"]!.shape.dims[0] == 3)
  }

  @Test func refusesMasksThatCannotGrow() throws {
    let bundle = try TinyBundle()
    let model = try Project(bundle.directory).model
    var recipe = Self.recipe(Self.growing())
    for (change, word) in [
      ({ (rule: inout PruningRule) in rule.criterion = "random" }, "random"),
      ({ $0.amount = .count(3) }, "share"),
    ] {
      var other = recipe
      change(&other.pruning[0])
      let error = #expect(throws: DistillationStudent.Failure.self) {
        try DistillationStudent(Compressor(model), other)
      }
      #expect(error?.description.contains(word) == true)
    }
    recipe.pruning = []
    #expect(throws: DistillationStudent.Failure.self) { try DistillationStudent(Compressor(model), recipe) }
  }

  /// What the file holds is what was trained: weights on the grid of the scales that were learned, which are not those that
  /// the recipe would have found.
  @Test func learnedScalesStay() throws {
    let recipe = Self.recipe(bits: 3, Self.steppedScales())
    let distiller = try Self.distiller(try TinyBundle(), recipe)
    let before = distiller.checkpoint.tensors["scales/fc1.weight"]!.floats
    try distiller.epoch { _ in 1 }
    let scale = distiller.checkpoint.tensors["scales/fc1.weight"]!.floats[0]
    #expect(scale != before[0] && scale > 0)
    let student = distiller.student
    let compressed = try student.compressed(student.carrying(distiller.best), name: "x", threads: 1).graph
    let best = distiller.best["fc1.weight"]!.floats
    let node = try #require(compressed.nodes.first { $0.inputs.first == "fc1.weight" })
    let found = compressed.constants[node.inputs[1]]!.floats[0]
    let integers = compressed.constants["fc1.weight"]!.integers!
    for (integer, value) in zip(integers, best) {
      #expect(abs(Float(integer) * found - value) <= 1e-6 * abs(value))
      #expect(abs((value / scale).rounded() * scale - value) <= 1e-6 * abs(value))
    }
    // Three bits about zero, and pruned weights are still zero.
    #expect(integers.allSatisfy { (-3...3).contains($0) })
    #expect(integers.count { $0 == 0 } >= 16)
  }

  /// The scales of activations learn too, and the file has what they have become, also from the trained model's file.
  @Test(arguments: [4, 8]) func learnedScalesOfActivationsStay(_ bits: Int) throws {
    let bundle = try TinyBundle()
    let distiller = try Self.distiller(bundle, Self.rounding(activations: bits, bits: 32))
    let student = distiller.student
    #expect(student.learnedRanges.names.count == 2)
    #expect(!student.simulated.nodes.contains { $0.type == "Clip" })
    try distiller.epoch { _ in 1 }
    let data = try Self.data(bundle)
    let samples = CalibrationData(inputs: data.inputs)
    let carried = student.carrying(distiller.best)
    let path = bundle.directory + "/carried.onnx"
    try ONNXWriter.write(carried, to: path)
    for graph in [carried, try ONNXReader.read(path: path)] {
      let compressed = try student.compressed(graph, name: "x", threads: 1, calibration: samples).graph
      for name in student.learnedRanges.names {
        let before = student.simulated.constants[name]!.floats[0]
        let learned = distiller.best[name]!.floats[0]
        let written = try #require(compressed.constants[name]).floats[0]
        #expect(learned != before && abs(written - learned) <= 1e-6 * learned)
      }
    }
  }

  @Test func refusesScalesThatCannotBeLearned() throws {
    let bundle = try TinyBundle()
    let model = try Project(bundle.directory).model
    for (bits, scheme) in [(32, WeightScheme.symmetric), (4, .affine), (4, .codebook)] {
      #expect(throws: DistillationStudent.Failure.self) {
        try DistillationStudent(
          Compressor(model), Self.recipe(bits: bits, scheme: scheme, Self.steppedScales()))
      }
    }
  }

  /// The student's activations come nearer to the teacher's: of a part of its loss that is nothing else.
  @Test func matchedActivationsComeNearer() throws {
    var settings = Self.matching()
    (settings.epochs, settings.learningRate) = (12, 0.01)
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(settings))
    try Self.run(distiller, epochs: 12)
    let matched = distiller.reports.compactMap(\.matched)
    #expect(matched.count == 12)
    #expect(matched[11] < 0.7 * matched[0])
    let first = distiller.reports[0]
    #expect(abs(first.loss - first.matched! - first.soft! * 4) < 1e-6 * first.loss)
  }

  /// Where the output itself is matched, what the loss asks of it counts all the same: with next to no weight the student
  /// learns as if nothing was matched.
  @Test func theOutputCanBeMatched() throws {
    var settings = Self.settings()
    settings.matches = [ActivationMatch(student: "fc2", teacher: "fc2", weight: 1e-9)]
    let bundle = try TinyBundle()
    let matched = try Self.distiller(bundle, Self.recipe(settings))
    let plain = try Self.distiller(bundle, Self.recipe(Self.settings()))
    try Self.run(matched, epochs: 3)
    try Self.run(plain, epochs: 3)
    for (one, other) in zip(matched.reports, plain.reports) {
      #expect(abs(one.soft! - other.soft!) <= 1e-3 * other.soft!)
    }
    #expect(plain.reports[2].soft! < 0.9 * plain.reports[0].soft!)
  }

  @Test func refusesMatchesOfNothing() throws {
    for (student, teacher, word) in [("nothing", "fc1", "student"), ("fc1", "nothing", "teacher")] {
      var settings = Self.settings()
      settings.matches = [ActivationMatch(kind: .feature, student: student, teacher: teacher)]
      let error = #expect(throws: EvaluationError.self) {
        try Self.distiller(try TinyBundle(), Self.recipe(settings))
      }
      #expect(error?.description.contains("'nothing', which is no layer and no value of the \(word)") == true)
    }
    var settings = Self.settings()
    settings.matches = [
      ActivationMatch(student: "fc1", teacher: "fc1"),
      ActivationMatch(kind: .attention, student: "fc1", teacher: "fc1"),
    ]
    #expect(throws: EvaluationError.self) { try Self.distiller(try TinyBundle(), Self.recipe(settings)) }
  }

  @Test func refusesACheckpointOfAnotherTraining() throws {
    let bundle = try TinyBundle()
    let first = try Self.distiller(bundle, Self.recipe(Self.settings()))
    let other = try Self.distiller(bundle, Self.recipe(Self.settings(epochs: 5)))
    #expect(throws: DistillationCheckpoint.Mismatch.self) { try other.restore(first.checkpoint) }
    #expect(throws: FormatError.self) { try DistillationCheckpoint(path: bundle.modelPath) }
  }

  @Test func aCodebookTrainsAsOne() throws {
    let distiller = try Self.distiller(
      try TinyBundle(), Self.recipe(bits: 2, scheme: .codebook, Self.settings()))
    try Self.run(distiller, epochs: 2)
    let project = distiller.student
    let weights = distiller.best
    let trained = try project.compressed(project.carrying(weights), name: "t", threads: 1)
    // Three values and zero, which compressing keeps to the last bit.
    let outputs = try ReferenceEvaluator(trained.graph).run([
      "image": Tensor(of: Float.self, shape: [1, 1, 2, 2]) { $0.update(repeating: 1) }
    ])
    let plain = try ReferenceEvaluator(project.carrying(weights)).run([
      "image": Tensor(of: Float.self, shape: [1, 1, 2, 2]) { $0.update(repeating: 1) }
    ])
    #expect(outputs["logits"]!.floats == plain["logits"]!.floats)
    #expect(Set(weights["fc1.weight"]!.floats).count <= 4)
  }

  @Test func keepsTheBest() throws {
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(Self.settings()))
    var states: [[String: ContentHash]] = []
    let scores = [0.5, 0.7, 0.6, 0.7]
    for score in scores {
      try distiller.epoch { constants in
        states.append(Self.bits(constants))
        return score
      }
    }
    #expect(Self.bits(distiller.best) == states[1])
    #expect(distiller.reports.map(\.isBest) == [true, true, false, false])
  }

  @Test func stopsWhereNothingGetsBetter() throws {
    var settings = Self.settings(epochs: 50)
    settings.patience = 2
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(settings))
    var epochs = 0
    while !distiller.isOver {
      try distiller.epoch { _ in 0.5 }
      epochs += 1
    }
    #expect(epochs == 3)
  }

  @Test func saysWhatToLowerWhereItRunsAway() throws {
    var settings = Self.settings()
    settings.learningRate = 1e30
    let distiller = try Self.distiller(try TinyBundle(), Self.recipe(settings))
    let error = try #require(throws: TrainingDivergence.self) { try Self.run(distiller, epochs: 4) }
    #expect(error.description.contains("lower the learning rate"))
    let isFinite = distiller.best["fc1.weight"]!.floats.allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  @Test func needsLabelsForItsHardPart() throws {
    let bundle = try TinyBundle()
    let project = try Project(bundle.directory)
    let student = try DistillationStudent(Compressor(project.model), Self.recipe(Self.settings()))
    let unlabelled = try Dataset(name: "none", inputs: try Self.data(bundle).inputs)
    var settings = Self.settings()
    settings.alpha = 0.5
    let error = try #require(throws: EvaluationError.self) {
      try Distiller(
        student, by: project.model.graph, on: unlabelled, settings: settings, threads: 1, cacheDirectory: nil)
    }
    #expect("\(error)".contains("alpha"))
  }

  @Test func theTeacherIsAskedOnce() throws {
    let bundle = try TinyBundle()
    let graph = try Project(bundle.directory).model.graph
    let cache = bundle.directory + "/cache"
    let data = try Self.data(bundle)
    func logits() throws -> TeacherLogits {
      try TeacherLogits(graph, output: "logits", on: data, batch: 50, threads: 2, directory: cache) { false }
    }
    let first = try logits()
    let second = try logits()
    #expect(!first.isKnown && second.isKnown)
    #expect(first.tensor.contentHash == second.tensor.contentHash)
    #expect(first.tensor.shape == [TinyBundle.samples, 3])
  }

  @Test func refusesWhatIsJudgedBy() throws {
    let bundle = try TinyBundle()
    let project = try Project(bundle.directory)
    let validation = try project.loadData()
    #expect(throws: FormatError.self) {
      try Project(bundle.directory, training: bundle.directory + "/t-images-idx3-ubyte")
        .loadTraining(besides: validation)
    }
    let error = try #require(throws: FormatError.self) { try project.loadTraining(besides: validation) }
    #expect(error.description.contains("--train"))
  }

  @Test func aSoftmaxAtTheEndIsLeftOut() throws {
    let bundle = try TinyBundle(softmax: true)
    let distiller = try Self.distiller(bundle, Self.recipe(Self.settings(epochs: 6)))
    try Self.run(distiller, epochs: 6)
    #expect(distiller.reports[5].loss < 0.7 * distiller.reports[0].loss)
  }
}
