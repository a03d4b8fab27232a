import Formats
import Foundation
import Graph
import Tensor

/// A training between two epochs: weights, what the optimizer remembers, running statistics, the best weights so far.
///
/// On disk it is an ONNX file without nodes: its tensors are constants, the rest is text beside them.
public struct DistillationCheckpoint: Sendable {
  /// Of model, data, recipe and settings.
  let identity: ContentHash
  let reports: [EpochReport]
  /// Steps that were taken.
  let step: Int
  /// Steps that the optimizer counts, by parameter.
  let steps: [String: Int]
  /// By what they are, and the name of the constant that they belong to.
  package let tensors: [String: Tensor]

  init(
    identity: ContentHash, reports: [EpochReport], step: Int, steps: [String: Int], tensors: [String: Tensor]
  ) {
    self.identity = identity
    self.reports = reports
    self.step = step
    self.steps = steps
    self.tensors = tensors
  }

  /// Those of one kind, by the name of the constant.
  func tensors(under prefix: String) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(prefix) {
      found[String(name.dropFirst(prefix.count))] = tensor
    }
    return found
  }

  /// It belongs to another model, recipe or data.
  public struct Mismatch: Error, CustomStringConvertible {
    public let description =
      "is a checkpoint of another training; give the same model, recipe and data, or start without --resume"
  }

  private struct Text: Codable {
    var version = 1
    var identity: String
    var reports: [EpochReport]
    var step: Int
    var steps: [String: Int]
  }

  private static let key = "pare.distillation"

  /// Writes it, whole or not at all.
  ///
  /// - Throws: `FormatError` that names the file.
  public func write(to path: String) throws(FormatError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = Text(identity: identity.description, reports: reports, step: step, steps: steps)
    guard let json = try? encoder.encode(text) else {
      throw FormatError(path, "cannot hold a loss that is no number")
    }
    try ONNXWriter.write(
      Graph(
        name: "checkpoint", constants: tensors, metadata: [Self.key: String(decoding: json, as: UTF8.self)]),
      to: path)
  }

  /// - Throws: `FormatError` that names the file, where there is none or it is no checkpoint.
  public init(path: String) throws(FormatError) {
    let graph = try ONNXReader.read(path: path)
    guard let json = graph.metadata[Self.key],
      let text = try? JSONDecoder().decode(Text.self, from: Data(json.utf8)), text.version == 1,
      let identity = ContentHash(hexadecimal: text.identity)
    else { throw FormatError(path, "is no checkpoint of a distillation") }
    self.init(
      identity: identity, reports: text.reports, step: text.step, steps: text.steps, tensors: graph.constants)
  }
}
