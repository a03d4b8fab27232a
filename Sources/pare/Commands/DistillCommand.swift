import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Workbench

extension Command {
  static let distill = Command(
    name: "distill",
    summary: "Trains what a recipe makes of a model, with the model as it was for its teacher",
    grammar: Grammar(
      path: "PATH",
      options: [
        Grammar.Option(
          name: "--recipe", value: "FILE", help: "the recipe, as JSON, with its \"distillation\"",
          isRequired: true),
        Grammar.Option(
          name: "--train", value: "DATA", help: "data to train by; the bundle's own unless told"),
        .data,
        Grammar.Option(name: "--output", value: "OUT.onnx", help: "the model to write", isRequired: true),
        Grammar.Option(name: "--resume", help: "go on where an earlier run was interrupted"),
        .json,
      ] + Grammar.Option.dataOptions),
    notes: [
      """
      The loss is (1 - alpha) CE(y, p_s) + alpha T² KL(p_t || p_s) unless the recipe says otherwise. Pruned
      weights stay zero, and the recipe's quantization is simulated while training. Accuracy is measured after
      each epoch, on the model as the file will hold it; the best one is written at the end.
      """,
      """
      With --json a line an epoch: `loss` and its parts `ce` and `kl`, `train_accuracy`, `accuracy`, `seconds`.
      OUT.onnx.checkpoint is written after each epoch, and removed at the end.
      """,
    ]
  ) { arguments in
    let recipePath = try arguments.required("--recipe")
    let output = try arguments.required("--output")
    let recipe = try RecipeFile.read(recipePath)
    guard let settings = recipe.distillation else {
      throw FormatError(recipePath, "says nothing of \"distillation\"; add it, or use pare compress")
    }
    let project = try Project(
      arguments.path, data: arguments.value("--data"), training: arguments.value("--train"),
      options: try arguments.dataOptions())
    let compressor = project.compressor(threads: Threads.standard)
    Interrupt.catchSignals()
    let validation = try project.loadData()
    let training = try project.loadTraining(besides: validation)
    try naming(project) {
      let run = try Distillation(
        project, compressor, recipe, settings, directory: RecipeFile.directory(of: recipePath),
        training: training, validation: validation, output: output)
      if arguments.has("--resume") { try run.resume() }
      try run.run(isJSON: arguments.has("--json"))
    }
  }
}

/// One training from the command line.
private struct Distillation {
  private let project: Project
  private let recipe: Recipe
  private let student: DistillationStudent
  private let distiller: Distiller
  private let validation: Dataset
  private let calibration: CalibrationData
  private let output: String
  private let sizes: StudentSizes

  private var checkpointPath: String { output + ".checkpoint" }

  init(
    _ project: Project, _ compressor: Compressor, _ recipe: Recipe, _ settings: DistillationSettings,
    directory: String, training: Dataset, validation: Dataset, output: String
  ) throws {
    self.project = project
    self.recipe = recipe
    self.validation = validation
    self.output = output
    calibration = training.trainingCalibration
    student = try project.student(
      recipe, compressor, calibration: calibration, output: validation.output, directory: directory
    ) { Interrupt.isRequested }
    sizes = StudentSizes(try Cost.count(student.graph), teacher: compressor.baseline)
    distiller = try Distiller(
      student, by: project.model.graph, on: training, settings: settings, threads: Threads.standard
    ) { Interrupt.isRequested }
  }

  func resume() throws {
    do {
      try distiller.restore(try DistillationCheckpoint(path: checkpointPath))
    } catch let error as DistillationCheckpoint.Mismatch {
      throw FormatError(checkpointPath, error.description)
    }
  }

  func run(isJSON: Bool) throws {
    if distiller.reports.isEmpty {
      if !isJSON { try Output.print(sizes.text) }
      let before = try evaluation(of: distiller.best)
      try Output.print(
        isJSON ? json(before).description : "epoch 0   \(before.headline) \(percent(before.score))")
    }
    let bar = ProgressBar()
    defer { bar.clear() }
    while !distiller.isOver {
      let report: EpochReport
      do {
        report = try distiller.epoch(
          isCancelled: { Interrupt.isRequested },
          measure: { constants in try evaluation(of: constants).score },
          progress: { done, of, loss in
            let number = distiller.reports.count + 1
            bar.show(
              done, of: of, String(format: "epoch %d of %d, loss %.4f", number, distiller.epochs, loss))
          })
      } catch let divergence as TrainingDivergence {
        try finish(isJSON: isJSON)
        throw FormatError(output, "\(divergence); it holds the best state before")
      } catch EngineError.cancelled {
        bar.clear()
        Complaint.say(
          "interrupted in epoch \(distiller.reports.count + 1); --resume goes on"
            + (distiller.reports.isEmpty ? " from the beginning" : " from \(checkpointPath)"))
        throw EngineError.cancelled
      }
      bar.clear()
      try distiller.checkpoint.write(to: checkpointPath)
      try Output.print(isJSON ? json(report).description : text(report))
    }
    try finish(isJSON: isJSON)
  }

  /// Writes the best state.
  private func finish(isJSON: Bool) throws {
    let compressed = try self.compressed(distiller.best)
    var made = compressed
    made.recipe = recipe
    let export = Export(recipe: recipe, modelPath: output, recipePath: nil)
    let paths = try export.write { made }
    try? FileManager.default.removeItem(atPath: checkpointPath)
    let result = try evaluation(of: distiller.best)
    let sizes = try Sizes(of: compressed) { Interrupt.isRequested }
    if isJSON {
      try Output.print(
        JSON.object([
          ("files", .array(paths.map { .text($0) })), (result.headlineKey, .number(result.score)),
          ("sizes", SizeTable.json(sizes)),
        ]).description)
    } else {
      try Output.print("\(paths.joined(separator: ", ")): \(result.headline) \(percent(result.score))")
      try Output.print(SizeTable.text(sizes))
    }
  }

  private func compressed(_ constants: [String: Tensor]) throws -> CompressedModel {
    try student.compressed(
      student.carrying(constants), name: project.model.name, threads: Threads.standard,
      calibration: calibration
    ) { Interrupt.isRequested }
  }

  private func evaluation(of constants: [String: Tensor]) throws -> Evaluation {
    try Evaluator(
      try compressed(constants).graph, on: validation, threads: Threads.standard,
      original: OriginalOutputs(project.model.graph, threads: Threads.standard)
    ).run { Interrupt.isRequested }
  }

  private func percent(_ score: Double) -> String { String(format: "%.2f %%", 100 * score) }

  private func json(_ start: Evaluation) -> JSON {
    .object([("epoch", .integer(0)), (start.headlineKey, .number(start.score))] + sizes.json)
  }

  private func json(_ report: EpochReport) -> JSON {
    func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    let matched = report.matched.map { [("match", JSON.number($0))] } ?? []
    return .object(
      [
        ("epoch", .integer(report.epoch)), ("loss", .number(report.loss)), ("ce", optional(report.hard)),
        ("kl", optional(report.soft)),
      ] + matched + [
        ("train_accuracy", optional(report.trainAccuracy)), ("accuracy", .number(report.score)),
        ("seconds", .number(report.seconds)),
      ])
  }

  private func text(_ report: EpochReport) -> String {
    func part(_ name: String, _ value: Double?) -> String {
      value.map { String(format: "  \(name) %.4f", $0) } ?? ""
    }
    return "epoch \(report.epoch)   \(percent(report.score))" + part("loss", report.loss)
      + part("ce", report.hard) + part("kl", report.soft)
      + part("match", report.matched) + (report.trainAccuracy.map { "  training \(percent($0))" } ?? "")
      + String(format: "  %.1f s", report.seconds) + (report.isBest ? "  best" : "")
  }
}

/// What the student takes beside its teacher, by parameters and multiply-accumulates a sample.
private struct StudentSizes {
  private let student: CostReport
  private let teacher: CostReport

  init(_ student: CostReport, teacher: CostReport) {
    self.student = student
    self.teacher = teacher
  }

  var text: String {
    func part(_ name: String, _ path: KeyPath<CostReport, Int>) -> String {
      let (own, all) = (student[keyPath: path], teacher[keyPath: path])
      let share = all > 0 ? String(format: " (%.1f %%)", 100 * Double(own) / Double(all)) : ""
      return "\(Numbers.grouped(own)) of \(Numbers.grouped(all)) \(name)\(share)"
    }
    return "student   " + part("parameters", \.parameters) + ", " + part("MACs", \.macs)
  }

  var json: [(String, JSON)] {
    [
      ("parameters", .integer(student.parameters)), ("macs", .integer(student.macs)),
      ("teacher_parameters", .integer(teacher.parameters)), ("teacher_macs", .integer(teacher.macs)),
    ]
  }
}
