import Engine
import Formats
import Foundation
import Graph
import Tensor

/// What the teacher says of every training sample: worked out once, kept in a file under the cache directory, and mapped
/// from there by every later training on the same data.
public struct TeacherLogits {
  /// float32 `[samples, ...]`.
  package let tensor: Tensor
  /// Whether the file was there.
  package let isKnown: Bool

  /// - Parameters:
  ///   - graph: the model as it was, with the logits as its only output.
  ///   - directory: where files are kept; nil to keep none.
  /// - Throws: as `SampleRunner`, and `EvaluationError` where outputs do not belong to samples.
  package init(
    _ graph: Graph, output: String, on data: Dataset, batch: Int, threads: Int,
    directory: String? = Self.standardDirectory, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    let key = ContentHash([graph.contentHash, data.contentHash, ContentHash(output)])
    let path = directory.map { "\($0)/\(key).npy" }
    if let path, let kept = try? NPYReader.read(path: path), kept.dtype == .float32,
      kept.shape.dims.first == data.count
    {
      tensor = kept
      isKnown = true
      return
    }
    isKnown = false
    let runner = try SampleRunner(graph.fixing(data.constants), threads: threads)
    var parts: [Tensor] = []
    try runner.run(data.inputs, samples: 0..<data.count, batch: batch, isCancelled: isCancelled) {
      rows, outputs in
      guard let part = outputs[output], part.dtype == .float32, part.shape.dims.first == rows.count else {
        throw EvaluationError.model(
          reason:
            "output '\(output)' has not a float32 row for each sample, so a student cannot learn from it")
      }
      parts.append(part)
    }
    guard let first = parts.first else {
      throw EvaluationError.model(reason: "there are no samples to learn from")
    }
    let shape = Shape([data.count] + first.shape.dims.dropFirst())
    let all = Tensor(dtype: .float32, shape: shape) { target in
      var offset = 0
      for part in parts {
        part.withUnsafeBytes { bytes in
          guard let source = bytes.baseAddress else { return }
          target.baseAddress!.advanced(by: offset).copyMemory(from: source, byteCount: bytes.count)
          offset += bytes.count
        }
      }
    }
    tensor = all
    // A cache that cannot be written costs time, never the training.
    if let path, let directory {
      try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try? NPYWriter.write(all, to: path)
    }
  }

  /// `$XDG_CACHE_HOME/pare/teacher`, by default under `~/.cache`; nil without a home.
  public static var standardDirectory: String? {
    let environment = ProcessInfo.processInfo.environment
    // The XDG Base Directory Specification says that a relative path is to be ignored.
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { return cache + "/pare/teacher" }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.cache/pare/teacher"
  }
}
