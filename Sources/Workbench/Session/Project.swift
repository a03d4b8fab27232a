import Compression
import Engine
import Formats
import Foundation
import Graph

/// What a person opened: a model, and the data to judge it by.
public struct Project: Sendable {
  /// What to call it on the screen.
  public let name: String
  public let source: ModelSource
  public let model: Model
  /// The path that was given for data; nil where it is the bundle's, or there is none.
  public let dataPath: String?
  /// The path that was given for data to train by; nil where it is the bundle's, or there is none.
  public let trainingPath: String?
  /// What a person said of the data.
  public let options: DataOptions

  /// Reads the model; the data only when it is asked for.
  ///
  /// - Parameters:
  ///   - path: a .onnx file or a bundle.
  ///   - data: what to use in place of the bundle's data.
  ///   - training: what to train by in place of the bundle's training data.
  ///   - options: what takes the place of what the data, or the bundle, says of itself.
  /// - Throws: an error whose description is one sentence that names the file.
  public init(
    _ path: String, data: String? = nil, training: String? = nil, options: DataOptions = DataOptions()
  ) throws {
    source = try ModelSource.open(path)
    var graph = try ONNXReader.read(path: source.modelPath)
    graph.sizes = (source.bundle?.manifest.sizes ?? [:]).merging(options.sizes) { $1 }
    try Self.check(graph, path: source.modelPath)
    do {
      model = try Model(graph, name: source.name, path: source.modelPath)
    } catch {
      throw FormatError(source.modelPath, error.description)
    }
    name = source.name
    dataPath = data
    trainingPath = training
    self.options = options
  }

  /// - Throws: `FormatError` where a size is given that is none, or one that the model does not name.
  private static func check(_ graph: Graph, path: String) throws(FormatError) {
    let open = Set(graph.inputs.flatMap { ($0.dims ?? []).flatMap(\.symbols) })
    for (name, size) in graph.sizes.sorted(by: { $0.key < $1.key }) {
      guard open.contains(name) else {
        let names = open.sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw FormatError(
          path, "leaves no size '\(name)' open; it leaves open \(names.isEmpty ? "none" : names)")
      }
      guard size > 0 else { throw FormatError(path, "size '\(name)' cannot be \(size); give one above 0") }
    }
  }

  /// Whether there is data to load, other than random inputs.
  public var hasData: Bool { dataPath != nil || source.bundle?.manifest.validation != nil }

  /// The validation data, fitted to the model's inputs, in the fixed order in which models are evaluated. Without any
  /// data it is `RandomInputs`.
  ///
  /// - Throws: `FormatError` where it cannot be read or does not fit; `EvaluationError` where the model takes no input.
  public func loadData() throws -> Dataset {
    if model.graph.inputs.isEmpty { throw EvaluationError.model(reason: "the model takes no input") }
    var options = options
    options.inputs = model.graph.inputs
    let data: Dataset
    if let dataPath {
      // The task and the output are the model's own, whatever it is judged on.
      options.task = options.task ?? source.bundle?.manifest.task
      options.output = options.output ?? source.bundle?.manifest.output
      data = try Dataset.load(dataPath, options)
    } else if hasData, let bundle = source.bundle {
      data = try bundle.validation(options)
    } else {
      guard options.task == nil || options.task == .fidelity else { throw needsData }
      return try RandomInputs.make(for: model.graph)
    }
    return try data.fitted(to: model.graph.inputs).shuffled(seed: 0)
  }

  /// The samples of `loadData` as those by which ranges are found: in the same shuffled order, so that the first
  /// of them are a fair choice. nil for random inputs, which say nothing of what a model will see.
  public func calibration(_ data: Dataset) -> CalibrationData? {
    hasData ? CalibrationData(inputs: data.inputs, constants: data.constants, output: data.output) : nil
  }

  /// Samples to measure by.
  ///
  /// - Throws: as `loadData`, and where there is no data.
  public func loadCalibration() throws -> CalibrationData {
    guard hasData, let samples = calibration(try loadData()) else { throw needsData }
    return samples
  }

  private var needsData: FormatError {
    FormatError(source.modelPath, "is a model without data; give some with --data")
  }

  /// An error in one sentence that names the file: the model's, where the error does not know of files.
  public func sentence(_ error: any Error) -> String {
    error is GraphError || error is EngineError || error is CompressionError || error is EvaluationError
      ? "\(source.modelPath): \(error)" : "\(error)"
  }
}
