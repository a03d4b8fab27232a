/// Why a file could not be read or written: one sentence that names the file, and the tensor, node or key in
/// it that the trouble is about.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  /// What is wrong, and what to do about it where that is known.
  public let reason: String

  public init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "\(path): \(reason)" }
}
