import Compression
import Dispatch
import Formats
import Foundation
import Synchronization

/// Training beside everything else: one at a time, and recipes go before it.
extension Session {
  /// The training that there is, and what the last one has kept.
  struct Training: Sendable {
    var number = 0
    var control: TrainingControl?
    var best: TrainedModel?
  }

  /// Begins to train what `recipe` makes of the model, with its `distillation` or the standard one, on the bundle's
  /// training data. A training that is going on is stopped.
  ///
  /// - Parameter teacherCache: where what the teacher says is kept; nil for nowhere.
  /// - Returns: the number by which events speak of it, counting from 1.
  @discardableResult
  public func train(_ recipe: Recipe, teacherCache: String? = TeacherLogits.standardDirectory) -> Int {
    let control = TrainingControl()
    let (number, old) = training.withLock { training in
      let old = training.control
      training = Training(number: training.number + 1, control: control)
      return (training.number, old)
    }
    old?.stop()
    way.remind()
    // The thread holds what it works with, not the session.
    let thread = Thread { [project, compressor, threads, way, shelf, inbox, onEvent, weak self] in
      TrainingRun(
        project: project, compressor: compressor, recipe: recipe, threads: threads, control: control,
        way: way,
        shelf: shelf, cacheDirectory: teacherCache,
        onEvent: { onEvent(.training(number: number, $0)) },
        keep: { model in
          self?.training.withLock { if $0.number == number { $0.best = model } }
        }
      ).work()
      inbox.wake()
    }
    thread.name = "pare-training"
    thread.stackSize = 8 << 20
    thread.start()
    return number
  }

  /// Lets the training stand still after the present batch, or go on.
  public func pauseTraining(_ isPaused: Bool) {
    training.withLock { $0.control?.isPaused = isPaused }
    way.remind()
  }

  /// Goes on from the present weights with other settings.
  public func changeTraining(_ settings: DistillationSettings) {
    training.withLock { $0.control?.change(settings) }
    way.remind()
  }

  /// Ends the training after the present batch; what was best is kept.
  public func stopTraining() {
    training.withLock { $0.control?.stop() }
    way.remind()
  }

  /// Makes the best state of the last training what recipes begin with: `tookOver` brings the recipe that does so, and
  /// is to be applied like any other. The training may go on.
  public func takeOver() {
    guard let best = training.withLock({ $0.best }) else {
      onEvent(.failed(generation: nil, message: "nothing has been trained yet; let an epoch end first"))
      return
    }
    DispatchQueue.global(qos: .userInitiated).async { [trained, onEvent] in
      do {
        var recipe = best.student.quantization
        recipe.trained = try trained.save(best.student.carrying(best.constants))
        recipe.distillation = best.recipe.distillation
        // The trained model is narrow, or shallow, already.
        recipe.distillation?.student = .compressed
        onEvent(.tookOver(recipe))
      } catch {
        onEvent(.failed(generation: nil, message: "\(error)"))
      }
    }
  }

  /// Writes the best state of the last training, with the recipe that it was made by, as `export` does.
  public func exportTrained(model modelPath: String?, recipe recipePath: String?) {
    guard let best = training.withLock({ $0.best }) else {
      onEvent(.failed(generation: nil, message: "nothing has been trained yet; let an epoch end first"))
      return
    }
    var export = Export(recipe: best.recipe, modelPath: modelPath, recipePath: recipePath)
    export.trained = best
    inbox.export(export)
  }
}
