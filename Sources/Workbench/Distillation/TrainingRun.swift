import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor

/// A training beside a session, on a thread of its own: it stands back between batches while the session works on what
/// somebody waits for.
final class TrainingRun {
  private let project: Project
  private let compressor: Compressor
  private let recipe: Recipe
  private let threads: Int
  private let control: TrainingControl
  private let way: RightOfWay
  private let shelf: SampleShelf
  private let cacheDirectory: String?
  private let onEvent: (TrainingEvent) -> Void
  /// Gets each state that is better than those before.
  private let keep: (TrainedModel) -> Void

  private var settings: DistillationSettings
  private var pacer = Pacer()
  private var recent = RecentLosses()
  private var pace = TrainingPace()

  init(
    project: Project, compressor: Compressor, recipe: Recipe, threads: Int, control: TrainingControl,
    way: RightOfWay, shelf: SampleShelf, cacheDirectory: String?,
    onEvent: @escaping (TrainingEvent) -> Void, keep: @escaping (TrainedModel) -> Void
  ) {
    self.project = project
    self.compressor = compressor
    self.recipe = recipe
    self.threads = threads
    self.control = control
    self.way = way
    self.shelf = shelf
    self.cacheDirectory = cacheDirectory
    self.onEvent = onEvent
    self.keep = keep
    settings = recipe.distillation ?? DistillationSettings()
  }

  /// What a training needs beside its settings.
  private struct Material {
    var student: DistillationStudent
    let training: Dataset
    let validation: Dataset
    let calibration: CalibrationData
    let original: OriginalOutputs
  }

  func work() {
    // On Linux the nice value belongs to the thread.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
    way.beginsTraining()
    defer { way.endsTraining() }
    do {
      onEvent(.preparing)
      try train(try prepare())
      onEvent(.ended(.finished))
    } catch  where control.isStopped || Cancellation.matches(error) {
      onEvent(.ended(.stopped))
    } catch {
      onEvent(.ended(.failed(project.sentence(error))))
    }
  }

  private var isStopped: @Sendable () -> Bool { { [control] in control.isStopped } }

  /// As `pare distill` puts it together, so that both train to the same bits.
  private func prepare() throws -> Material {
    let validation = try shelf.data ?? project.loadData()
    let training = try project.loadTraining(besides: validation)
    let calibration = training.trainingCalibration
    return Material(
      student: try student(calibration, output: validation.output), training: training,
      validation: validation, calibration: calibration,
      original: OriginalOutputs(project.model.graph, threads: threads))
  }

  /// What the recipe makes of the model that the settings name.
  private func student(_ calibration: CalibrationData, output: String?) throws -> DistillationStudent {
    var recipe = recipe
    recipe.distillation = settings
    return try project.student(
      recipe, compressor, calibration: calibration, output: output, isCancelled: isStopped)
  }

  private func distiller(_ material: Material) throws -> Distiller {
    try Distiller(
      material.student, by: project.model.graph, on: material.training, settings: settings, threads: threads,
      cacheDirectory: cacheDirectory, isCancelled: isStopped)
  }

  private func train(_ given: Material) throws {
    var material = given
    var distiller = try distiller(material)
    onEvent(.begun(score: try score(distiller.best, material, isCancelled: isStopped)))
    while true {
      if let settings = control.takeSettings() {
        let isOther = settings.student != self.settings.student
        self.settings = settings
        if isOther {
          (material, distiller) = try restarted(material)
          continue
        }
        let next = try self.distiller(material)
        try next.takeOver(from: distiller)
        distiller = next
        pace = TrainingPace()
        onEvent(.changed(at: distiller.position))
      }
      guard !distiller.isOver else { return }
      do {
        try epoch(distiller, material)
      } catch EngineError.cancelled where control.isChanged && !control.isStopped {
        continue
      }
    }
  }

  /// Another student in the place of the one before, from its beginning, as its weights have other shapes. Settings that
  /// come meanwhile take the place of those that it would begin with.
  private func restarted(_ old: Material) throws -> (Material, Distiller) {
    var material = old
    let control = control
    while true {
      do {
        onEvent(.restarted)
        material.student = try student(material.calibration, output: material.validation.output)
        if control.isChanged { throw EngineError.cancelled }
        let distiller = try distiller(material)
        pace = TrainingPace()
        recent = RecentLosses()
        let score = try score(distiller.best, material) { control.isStopped || control.isChanged }
        onEvent(.begun(score: score))
        return (material, distiller)
      } catch  where control.isChanged && !control.isStopped && Cancellation.matches(error) {
        if let settings = control.takeSettings() { self.settings = settings }
      }
    }
  }

  private func epoch(_ distiller: Distiller, _ material: Material) throws {
    pace.begin()
    let report = try distiller.epoch(
      isCancelled: {
        waitForTurn()
        return control.isStopped || control.isChanged
      },
      measure: { try score($0, material, isCancelled: isStopped) },
      progress: { done, of, _ in
        if let terms = distiller.lastLosses { recent.add(terms) }
        pace.didBatch()
        guard let mean = recent.mean, done == of || pacer.isDue() else { return }
        let epoch = distiller.reports.count + 1
        onEvent(
          .progress(
            TrainingProgress(
              epoch: epoch, epochs: distiller.epochs, batch: done, batches: of, loss: mean.total,
              hard: mean.hard, soft: mean.soft,
              secondsLeft: pace.secondsLeft(
                batches: (distiller.epochs - epoch + 1) * of - done,
                measurements: distiller.epochs - epoch + 1))))
      })
    if report.isBest {
      keep(
        TrainedModel(
          student: material.student, constants: distiller.best, recipe: recipe(of: distiller),
          name: project.model.name, calibration: material.calibration))
    }
    onEvent(.epoch(report))
  }

  private func recipe(of distiller: Distiller) -> Recipe {
    var recipe = recipe
    recipe.distillation = distiller.settings
    return recipe
  }

  /// Returns when nobody waits for anything else, and nobody has asked for a pause.
  private func waitForTurn() {
    let control = control
    if control.isPaused { onEvent(.paused(true)) }
    let wasPaused = control.isPaused
    pace.idle(
      way.standBack(unless: { control.isStopped || control.isChanged }, until: { !control.isPaused }))
    if wasPaused, !control.isPaused { onEvent(.paused(false)) }
  }

  /// The headline of the student with these constants, as it is compressed.
  private func score(
    _ constants: [String: Tensor], _ material: Material, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Double {
    let model = TrainedModel(
      student: material.student, constants: constants, recipe: recipe, name: project.model.name,
      calibration: material.calibration)
    let start = ContinuousClock.now
    var idle = 0.0
    let compressed = try model.compressed(threads: threads, isCancelled: isCancelled)
    let control = control
    let result = try Evaluator(
      compressed.graph, on: material.validation, threads: threads, original: material.original
    ).run(isCancelled: isCancelled) { _ in
      idle += way.standBack(unless: { control.isStopped })
    }
    pace.measured((ContinuousClock.now - start).inSeconds - idle)
    return result.score
  }
}
