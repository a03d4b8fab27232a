import Compression
import Formats
import Foundation

/// Writes the moves of a session down as they are made, a line each, for `pare replay`.
public final class SessionRecorder {
  private let path: String
  private let file: FileHandle
  private var last = ContinuousClock.now
  private var hasFailed = false

  /// Begins a new file.
  ///
  /// - Throws: `FormatError` where it cannot be written.
  public init(path: String) throws(FormatError) {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw FormatError(path, "cannot be written: \(String(cString: strerror(errno)))") }
    self.path = path
    self.file = file
  }

  deinit { try? file.close() }

  /// - Returns: what a person should know, once, where it could not be written.
  public func add(_ recipe: Recipe) -> String? {
    let now = ContinuousClock.now
    defer { last = now }
    do {
      let move = RecordedMove(recipe, pause: last.duration(to: now).inSeconds)
      try file.write(contentsOf: move.line + Data("\n".utf8))
      return nil
    } catch {
      defer { hasFailed = true }
      return hasFailed ? nil : "\(path): the moves can no longer be written: \(error.localizedDescription)"
    }
  }
}
