import Compression
import Formats
import Foundation
import Graph
import Synchronization
import Tensor

/// Trained models that recipes begin with, each an ONNX file by its fingerprint: what was taken over is there again in the
/// next session.
public final class TrainedModels: Sendable {
  /// nil to keep them in memory only.
  private let directory: String?
  /// Those of this process.
  private let known = Mutex<[ContentHash: Graph]>([:])

  public init(directory: String?) { self.directory = directory }

  /// Beside the history.
  public static func directory(besides historyPath: String) -> String {
    (historyPath as NSString).deletingLastPathComponent + "/trained"
  }

  /// Keeps a model.
  ///
  /// - Returns: what recipes call it.
  /// - Throws: `FormatError` where it cannot be written; it can then be used for as long as this lives.
  func save(_ graph: Graph) throws -> ContentHash {
    let hash = graph.contentHash
    guard let directory else {
      known.withLock { $0[hash] = graph }
      return hash
    }
    let path = path(hash, in: directory)
    if FileManager.default.fileExists(atPath: path) { return hash }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw FormatError(directory, "cannot be made: \(error.localizedDescription)")
    }
    try ONNXWriter.write(graph, to: path)
    return hash
  }

  /// - Parameter original: whose sizes the trained model has.
  /// - Throws: `RecipeError` where it is not there, `FormatError` where its file cannot be read.
  func model(_ hash: ContentHash, of original: Model) throws -> Model {
    if let graph = known.withLock({ $0[hash] }) { return try Model(graph, name: original.name) }
    guard let path = directory.map({ path(hash, in: $0) }), FileManager.default.fileExists(atPath: path)
    else {
      throw RecipeError(
        field: "trained",
        reason: "names the trained model \(hash), which is not on this machine"
          + (directory.map { " (in \($0))" } ?? "") + "; use the model that was exported with the recipe")
    }
    var graph = try ONNXReader.read(path: path)
    graph.sizes = original.graph.sizes
    do {
      return try Model(graph, name: original.name, path: path)
    } catch {
      throw FormatError(path, error.description)
    }
  }

  private func path(_ hash: ContentHash, in directory: String) -> String { "\(directory)/\(hash).onnx" }
}

extension Project {
  /// What compresses the model, beginning with trained models where recipes say so.
  public func compressor(
    threads: Int,
    trained: TrainedModels = TrainedModels(
      directory: TrainedModels.directory(besides: HistoryStore.defaultPath()))
  ) -> Compressor {
    Compressor(model, threads: threads, trained: { [model] in try trained.model($0, of: model) })
  }
}
