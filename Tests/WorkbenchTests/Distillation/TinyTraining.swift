import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Workbench

/// Recipes and trainings of the small classifier.
enum TinyTraining {
  /// The bundle's own validation images serve as what is trained on here: nothing is judged by them.
  static func data(_ bundle: TinyBundle) throws -> Dataset {
    try Project(bundle.directory).loadData()
  }

  static func recipe(
    bits: Int = 32, scheme: WeightScheme = .symmetric, _ settings: DistillationSettings
  ) -> Recipe {
    Recipe(
      pruning: [PruningRule(layers: ["fc1"], amount: .fraction(0.5))],
      weights: bits == 32
        ? [] : [WeightRule(layers: ["*"], bits: bits, scheme: scheme, granularity: .tensor)],
      distillation: settings)
  }

  static func settings(epochs: Int = 4) -> DistillationSettings {
    var settings = DistillationSettings()
    (settings.epochs, settings.batchSize, settings.learningRate) = (epochs, 64, 0.02)
    (settings.alpha, settings.temperature, settings.seed) = (1, 2, 3)
    return settings
  }

  static func distiller(
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

  static func bits(_ constants: [String: Tensor]) -> [String: ContentHash] {
    constants.mapValues(\.contentHash)
  }

  static func run(_ distiller: Distiller, epochs: Int) throws {
    for _ in 0..<epochs { try distiller.epoch { _ in -Double(distiller.reports.count) } }
  }

  static func delayed(_ epochs: Int) -> DistillationSettings {
    var settings = settings()
    settings.quantizationDelay = epochs
    return settings
  }

  static func steppedScales() -> DistillationSettings {
    var settings = settings()
    settings.learnsScales = true
    return settings
  }

  static func rounding(activations: Int, bits: Int) -> Recipe {
    var recipe = recipe(bits: bits, steppedScales())
    recipe.activations = [ActivationRule(layers: ["*"], bits: activations)]
    return recipe
  }

  static func growing() -> DistillationSettings {
    var settings = settings()
    settings.masks = .gradual(.init(initial: 0.1, every: 2, end: 0.7))
    return settings
  }

  static func matching() -> DistillationSettings {
    var settings = settings()
    settings.matches = [
      ActivationMatch(kind: .feature, student: "fc1", teacher: "fc2"),
      ActivationMatch(kind: .feature, student: "relu", teacher: "relu", weight: 2),
    ]
    return settings
  }

  static func everything() -> DistillationSettings {
    var settings = growing()
    (settings.learnsScales, settings.matches, settings.quantizationDelay) = (true, matching().matches, 1)
    return settings
  }
}
