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
  @Test func theStudentComesNearerToItsTeacher() throws {
    let distiller = try TinyTraining.distiller(
      try TinyBundle(), TinyTraining.recipe(TinyTraining.settings(epochs: 8)))
    try TinyTraining.run(distiller, epochs: 8)
    #expect(distiller.isOver)
    #expect(distiller.reports.count == 8)
    #expect(distiller.reports[7].loss < 0.5 * distiller.reports[0].loss)
    #expect(distiller.reports[0].hard == nil)
    #expect(distiller.reports[0].soft != nil)
  }

  @Test func prunedWeightsStayZero() throws {
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(TinyTraining.settings()))
    let before = distiller.best["fc1.weight"]!.floats
    try TinyTraining.run(distiller, epochs: 2)
    let after = distiller.checkpoint.tensors["values/fc1.weight"]!.floats
    #expect(before.count { $0 == 0 } == 16)
    #expect(zip(before, after).allSatisfy { ($0 == 0) == ($1 == 0) })
    #expect(before != after)
  }

  @Test(arguments: [1, 2, 3]) func threadsDoNotChangeABit(_ threads: Int) throws {
    let bundle = try TinyBundle()
    let one = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings()), threads: 1)
    let more = try TinyTraining.distiller(
      bundle, TinyTraining.recipe(TinyTraining.settings()), threads: threads)
    try TinyTraining.run(one, epochs: 2)
    try TinyTraining.run(more, epochs: 2)
    #expect(TinyTraining.bits(one.checkpoint.tensors) == TinyTraining.bits(more.checkpoint.tensors))
  }

  @Test func anotherSeedIsAnotherTraining() throws {
    let bundle = try TinyBundle()
    var other = TinyTraining.settings()
    other.seed = 4
    let first = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings()))
    let second = try TinyTraining.distiller(bundle, TinyTraining.recipe(other))
    try TinyTraining.run(first, epochs: 1)
    try TinyTraining.run(second, epochs: 1)
    #expect(TinyTraining.bits(first.checkpoint.tensors) != TinyTraining.bits(second.checkpoint.tensors))
  }

  @Test(
    arguments: [
      TinyTraining.recipe(TinyTraining.settings()), TinyTraining.recipe(bits: 4, TinyTraining.settings()),
      TinyTraining.recipe(bits: 3, scheme: .codebook, TinyTraining.settings()),
      TinyTraining.recipe(bits: 3, scheme: .codebook, TinyTraining.delayed(1)),
      TinyTraining.recipe(bits: 3, scheme: .codebook, TinyTraining.delayed(2)),
      TinyTraining.recipe(bits: 4, TinyTraining.delayed(2)),
      TinyTraining.recipe(bits: 3, TinyTraining.steppedScales()), TinyTraining.recipe(TinyTraining.growing()),
      TinyTraining.recipe(TinyTraining.matching()),
      TinyTraining.recipe(bits: 3, TinyTraining.everything()), TinyTraining.rounding(activations: 4, bits: 4),
      TinyTraining.rounding(activations: 8, bits: 32),
    ])
  func goesOnFromItsFileToTheSameBits(_ recipe: Recipe) throws {
    let bundle = try TinyBundle()
    let whole = try TinyTraining.distiller(bundle, recipe)
    try TinyTraining.run(whole, epochs: 4)
    let begun = try TinyTraining.distiller(bundle, recipe)
    try TinyTraining.run(begun, epochs: 2)
    let path = bundle.directory + "/half.checkpoint"
    try begun.checkpoint.write(to: path)
    let resumed = try TinyTraining.distiller(bundle, recipe)
    try resumed.restore(try DistillationCheckpoint(path: path))
    try TinyTraining.run(resumed, epochs: 2)
    #expect(TinyTraining.bits(resumed.checkpoint.tensors) == TinyTraining.bits(whole.checkpoint.tensors))
    #expect(resumed.reports.map(\.loss) == whole.reports.map(\.loss))
    #expect(TinyTraining.bits(resumed.best) == TinyTraining.bits(whole.best))
  }

  @Test func refusesACheckpointOfAnotherTraining() throws {
    let bundle = try TinyBundle()
    let first = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings()))
    let other = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings(epochs: 5)))
    #expect(throws: DistillationCheckpoint.Mismatch.self) { try other.restore(first.checkpoint) }
    #expect(throws: FormatError.self) { try DistillationCheckpoint(path: bundle.modelPath) }
  }

  @Test func keepsTheBest() throws {
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(TinyTraining.settings()))
    var states: [[String: ContentHash]] = []
    let scores = [0.5, 0.7, 0.6, 0.7]
    for score in scores {
      try distiller.epoch { constants in
        states.append(TinyTraining.bits(constants))
        return score
      }
    }
    #expect(TinyTraining.bits(distiller.best) == states[1])
    #expect(distiller.reports.map(\.isBest) == [true, true, false, false])
  }

  @Test func stopsWhereNothingGetsBetter() throws {
    var settings = TinyTraining.settings(epochs: 50)
    settings.patience = 2
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(settings))
    var epochs = 0
    while !distiller.isOver {
      try distiller.epoch { _ in 0.5 }
      epochs += 1
    }
    #expect(epochs == 3)
  }

  @Test func saysWhatToLowerWhereItRunsAway() throws {
    var settings = TinyTraining.settings()
    settings.learningRate = 1e30
    let distiller = try TinyTraining.distiller(try TinyBundle(), TinyTraining.recipe(settings))
    let error = try #require(throws: TrainingDivergence.self) { try TinyTraining.run(distiller, epochs: 4) }
    #expect(error.description.contains("lower the learning rate"))
    let isFinite = distiller.best["fc1.weight"]!.floats.allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  @Test func needsLabelsForItsHardPart() throws {
    let bundle = try TinyBundle()
    let project = try Project(bundle.directory)
    let student = try DistillationStudent(
      Compressor(project.model), TinyTraining.recipe(TinyTraining.settings()))
    let unlabelled = try Dataset(name: "none", inputs: try TinyTraining.data(bundle).inputs)
    var settings = TinyTraining.settings()
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
    let data = try TinyTraining.data(bundle)
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
    let distiller = try TinyTraining.distiller(bundle, TinyTraining.recipe(TinyTraining.settings(epochs: 6)))
    try TinyTraining.run(distiller, epochs: 6)
    #expect(distiller.reports[5].loss < 0.7 * distiller.reports[0].loss)
  }
}
