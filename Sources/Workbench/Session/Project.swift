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
  public let preprocessing: Preprocessing

  /// Reads the model; the data only when it is asked for.
  ///
  /// - Parameters:
  ///   - path: a .onnx file or a bundle.
  ///   - data: what to use in place of the bundle's data.
  ///   - preprocessing: numbers that take the place of the data's own.
  /// - Throws: an error whose description is one sentence that names the file.
  public init(_ path: String, data: String? = nil, preprocessing: Preprocessing = Preprocessing()) throws {
    source = try ModelSource.open(path)
    let graph = try ONNXReader.read(path: source.modelPath)
    do {
      model = try Model(graph, name: source.name, path: source.modelPath)
    } catch {
      throw FormatError(source.modelPath, error.description)
    }
    name = source.name
    dataPath = data
    self.preprocessing = preprocessing
  }

  /// Whether there is data to load.
  public var hasData: Bool { dataPath != nil || source.bundle?.manifest.validation != nil }

  /// The validation data, fitted to the model's input, in the fixed order in which models are evaluated.
  ///
  /// - Throws: `FormatError` where it cannot be read or does not fit; `EvaluationError` where the model is no
  ///   classifier.
  public func loadData() throws -> Dataset {
    let data: Dataset
    if let dataPath {
      data = try Dataset.load(dataPath, preprocessing: preprocessing)
    } else if let bundle = source.bundle {
      data = try bundle.validation(preprocessing: preprocessing)
    } else {
      throw FormatError(source.modelPath, "is a model without data; give some with --data")
    }
    guard let input = model.graph.inputs.first else {
      throw EvaluationError.model(reason: "the model takes no input")
    }
    return try data.fitted(to: input).shuffled(seed: 0)
  }

  /// The samples of `loadData` as those by which ranges are found: in the same shuffled order, so that the first
  /// of them are a fair choice.
  public func calibration(_ data: Dataset) -> CalibrationData {
    CalibrationData(inputs: [model.graph.inputs.first?.name ?? "": data.samples])
  }

  /// An error in one sentence that names the file: the model's, where the error does not know of files.
  public func sentence(_ error: any Error) -> String {
    error is GraphError || error is EngineError || error is CompressionError || error is EvaluationError
      ? "\(source.modelPath): \(error)" : "\(error)"
  }
}
