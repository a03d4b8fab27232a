import Compression
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

extension SessionEvent {
  fileprivate var training: TrainingEvent? {
    if case .training(_, let event) = self { event } else { nil }
  }

  fileprivate var end: TrainingEnd? {
    if case .ended(let end) = training { end } else { nil }
  }

  fileprivate var report: EpochReport? {
    if case .epoch(let report) = training { report } else { nil }
  }
}

struct SessionTrainingTests {
  private let bundle: TinyBundle
  private let log = EventLog()

  init() throws { bundle = try TinyBundle(training: 400) }

  private func open(_ other: TinyBundle? = nil) throws -> Session {
    let log = log
    let bundle = other ?? bundle
    return try Session.open(bundle.directory, historyPath: nil, threads: 2) { log.add($0) }
  }

  private func recipe(_ change: (inout DistillationSettings) -> Void = { _ in }) -> Recipe {
    var settings = DistillationSettings(epochs: 3, batchSize: 16)
    change(&settings)
    var recipe = Recipe.pruning(0.5)
    recipe.distillation = settings
    return recipe
  }

  /// So many epochs that a test will have stopped it long before.
  private func endless() -> Recipe { recipe { $0.epochs = 100_000 } }

  @Test func trainsToTheEndAndExportsTheBest() async throws {
    let session = try open()
    defer { session.close() }
    let best = bundle.directory + "/best.onnx"
    session.exportTrained(model: best, recipe: nil)
    try await log.first { event in
      if case .failed(nil, let message) = event, message.contains("trained yet") { true } else { nil }
    }
    session.train(recipe(), teacherCache: nil)
    #expect(try await log.first { $0.end } == .finished)
    for epoch in 1...3 {
      let report = try await log.first { $0.report?.epoch == epoch ? $0.report : nil }
      #expect(report.hard != nil && report.soft != nil)
    }
    let first = try await log.first { event in
      if case .progress(let progress) = event.training { progress } else { nil }
    }
    #expect(first.epochs == 3 && first.batches == 25 && (first.secondsLeft ?? -1) >= 0)
    session.exportTrained(model: best, recipe: nil)
    try await log.first { if case .exported = $0 { true } else { nil } }
    let written = try ONNXReader.read(path: best)
    let untrained = try session.compressor.apply(.pruning(0.5)).graph
    let (new, old) = (written.constants["fc1.weight"]!.floats, untrained.constants["fc1.weight"]!.floats)
    #expect(new != old)
    #expect(zip(new, old).allSatisfy { $1 != 0 || $0 == 0 }, "what was pruned stays zero")
  }

  /// What was taken over is the model that recipes begin with, has the score that training measured, and is there in the
  /// next session; it can be trained on, and what was pruned stays zero.
  @Test func theBestIsTakenOver() async throws {
    let log = log
    func open() throws -> Session {
      try Session.open(bundle.directory, historyPath: bundle.historyPath, threads: 2) { log.add($0) }
    }
    let session = try open()
    session.takeOver()
    try await log.first { event in
      if case .failed(nil, let message) = event, message.contains("trained yet") { true } else { nil }
    }
    var trained = recipe()
    trained.weights = [WeightRule(layers: ["*"], bits: 4)]
    session.train(trained, teacherCache: nil)
    #expect(try await log.first { $0.end } == .finished)
    let best = try await log.first { $0.report?.isBest == true ? $0.report?.score : nil }
    let reports = log.all.compactMap(\.report)
    session.takeOver()
    let taken = try await log.first { if case .tookOver(let recipe) = $0 { recipe } else { nil } }
    #expect(taken.trained != nil && taken.pruning.isEmpty && taken.weights == trained.weights)
    #expect(taken.distillation == trained.distillation)
    #expect(try Recipe(json: taken.json()) == taken)
    let result = try await log.first { [generation = session.apply(taken)] in $0.exact(generation) }
    #expect(result.score == reports.map(\.score).max() && result.score >= best)
    let cost = try session.estimate(taken)
    #expect(cost.nonzeroParameters < session.compressor.baseline.nonzeroParameters)
    session.close()

    let again = try open()
    defer { again.close() }
    #expect(try again.estimate(taken) == cost)
    let compressed = try again.compressor.apply(taken)
    #expect(compressed.recipe == taken)
    let start = try again.compressor.start(of: taken).compressor.model.graph.constants["fc1.weight"]!.floats
    #expect(start.contains(0))
    let count = log.count { $0.end != nil }
    again.train(taken, teacherCache: nil)
    _ = try await log.first { _ in log.count { $0.end != nil } > count ? true : nil }
    let seen = log.count { event in if case .tookOver = event { true } else { false } }
    again.takeOver()
    let next: Recipe = try await log.first { _ in
      let all = log.all.compactMap { event -> Recipe? in
        if case .tookOver(let recipe) = event { recipe } else { nil }
      }
      return all.count > seen ? all.last : nil
    }
    #expect(next.trained != taken.trained)
    let later = try again.compressor.start(of: next).compressor.model.graph.constants["fc1.weight"]!.floats
    #expect(later != start && zip(later, start).allSatisfy { $1 != 0 || $0 == 0 })
  }

  @Test func aTrainedModelThatIsGoneIsASentence() throws {
    let project = try Project(bundle.directory)
    let recipe = Recipe(trained: ContentHash("gone"))
    let nowhere = project.compressor(
      threads: 1, trained: TrainedModels(directory: bundle.directory + "/none"))
    let error = #expect(throws: RecipeError.self) { try nowhere.apply(recipe) }
    #expect(error?.description.contains("not on this machine") == true)
    #expect(throws: RecipeError.self) { try nowhere.estimate(recipe) }
    #expect(throws: RecipeError.self) { try Compressor(project.model).detail(layer: 0, recipe: recipe) }
    let broken = bundle.directory + "/\(ContentHash("gone")).onnx"
    try AtomicFile.write("no model", to: broken)
    let there = project.compressor(threads: 1, trained: TrainedModels(directory: bundle.directory))
    let unreadable = #expect(throws: FormatError.self) { try there.apply(recipe) }
    #expect(unreadable?.description.contains(broken) == true)
  }

  /// Data that was given takes the place of the bundle's, which has none here.
  @Test func trainsByDataThatIsGiven() async throws {
    let log = log
    let other = try TinyBundle()
    let session = try Session.open(
      other.directory, training: bundle.directory + "/l-images-idx3-ubyte", historyPath: nil, threads: 2
    ) { log.add($0) }
    defer { session.close() }
    session.train(recipe(), teacherCache: nil)
    #expect(try await log.first { $0.end } == .finished)
  }

  @Test func pausesGoesOnAndStops() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    session.pauseTraining(true)
    try await log.first { $0.training == .paused(true) ? true : nil }
    let seen = log.count { $0.report != nil }
    // Other work goes on meanwhile.
    let generation = session.apply(.pruning(0.3))
    try await log.first { $0.exact(generation) }
    #expect(log.count { $0.report != nil } == seen)
    session.pauseTraining(false)
    try await log.first { $0.report?.epoch == seen + 1 ? true : nil }
    session.stopTraining()
    #expect(try await log.first { $0.end } == .stopped)
  }

  @Test func recipesAreMeasuredWhileItTrains() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    for step in 1...20 {
      let generation = session.apply(.pruning(Double(step) / 25))
      let result = try await log.first { $0.exact(generation) }
      #expect(result.samples == TinyBundle.samples)
    }
    let seen = log.count { $0.report != nil }
    try await log.first { ($0.report?.epoch ?? 0) > seen + 1 ? true : nil }
    session.stopTraining()
    #expect(try await log.first { $0.end } == .stopped)
    // What was best until then is kept.
    session.exportTrained(model: bundle.directory + "/best.onnx", recipe: nil)
    try await log.first { if case .exported = $0 { true } else { nil } }
  }

  @Test func goesOnWithOtherSettings() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    var settings = endless().distillation!
    settings.alpha = 0
    settings.batchSize = 40
    session.changeTraining(settings)
    let position = try await log.first { event in
      if case .changed(let position) = event.training { position } else { nil }
    }
    #expect(position >= 1)
    let later = try await log.first { event in
      if case .progress(let progress) = event.training, progress.batches == 10 { progress } else { nil }
    }
    #expect(later.position >= position)
    let report = try await log.first { event in
      event.report.flatMap { $0.soft == nil ? $0 : nil }
    }
    #expect(report.epoch > 1)
    session.stopTraining()
    #expect(try await log.first { $0.end } == .stopped)
  }

  @Test func anotherStudentBeginsAnew() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    var settings = endless().distillation!
    settings.student = .width(0.5)
    settings.epochs = 2
    session.changeTraining(settings)
    try await log.first { $0.training == .restarted ? true : nil }
    #expect(try await log.first { $0.end } == .finished)
    let best = bundle.directory + "/narrow.onnx"
    session.exportTrained(model: best, recipe: bundle.directory + "/narrow.json")
    try await log.first { if case .exported = $0 { true } else { nil } }
    #expect(try ONNXReader.read(path: best).constants["fc1.weight"]?.shape == [4, 4])
    let recipe = try Recipe(json: Data(contentsOf: URL(filePath: bundle.directory + "/narrow.json")))
    #expect(recipe.distillation?.student == .width(0.5))
  }

  @Test func aSliderThatIsDraggedThroughWidthsEndsAtTheLast() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    var settings = endless().distillation!
    for width in [0.9, 0.8, 0.75, 0.5, 1, 0.6, 0.25] {
      settings.student = .width(width)
      settings.alpha = width
      session.changeTraining(settings)
      await Task.yield()
    }
    // The same student with other settings right behind it.
    (settings.alpha, settings.epochs) = (0.5, 2)
    session.changeTraining(settings)
    #expect(try await log.first { $0.end } == .finished)
    session.exportTrained(model: bundle.directory + "/narrow.onnx", recipe: nil)
    try await log.first { if case .exported = $0 { true } else { nil } }
    let written = try ONNXReader.read(path: bundle.directory + "/narrow.onnx")
    #expect(written.constants["fc1.weight"]?.shape == [2, 4])
  }

  @Test func aStudentThatCannotBeEndsTheTraining() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    try await log.first { $0.report }
    var settings = endless().distillation!
    settings.student = .file(bundle.directory + "/none.onnx")
    session.changeTraining(settings)
    guard case .failed(let message) = try await log.first({ $0.end }) else {
      Issue.record("it goes on")
      return
    }
    #expect(message.contains("none.onnx"))
    // What was best of the one before is kept.
    session.exportTrained(model: bundle.directory + "/best.onnx", recipe: nil)
    try await log.first { if case .exported = $0 { true } else { nil } }
  }

  @Test func aDivergenceIsASentence() async throws {
    let session = try open()
    defer { session.close() }
    session.train(
      recipe { settings in
        (settings.learningRate, settings.optimizer, settings.epochs) = (1e300, "sgd", 50)
      }, teacherCache: nil)
    let end = try await log.first { $0.end }
    guard case .failed(let message) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(message.contains("lower the learning rate"))
  }

  @Test func withoutTrainingDataItSaysSo() async throws {
    let plain = try TinyBundle()
    let session = try open(plain)
    defer { withExtendedLifetime(plain) { session.close() } }
    session.train(recipe(), teacherCache: nil)
    let end = try await log.first { $0.end }
    guard case .failed(let message) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(message.contains("without training data"))
  }

  @Test func aNewTrainingTakesTheOldOnesPlace() async throws {
    let session = try open()
    defer { session.close() }
    session.train(endless(), teacherCache: nil)
    #expect(session.train(recipe(), teacherCache: nil) == 2)
    let ends = try await log.first { event -> TrainingEnd? in
      if case .training(2, .ended(let end)) = event { end } else { nil }
    }
    #expect(ends == .finished)
    try await log.first { event -> Bool? in
      if case .training(1, .ended(.stopped)) = event { true } else { nil }
    }
  }
}
