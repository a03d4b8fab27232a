import Compression
import Foundation
import Synchronization
import Tensor

/// The file in which sessions, snapshots and results survive the program, killed or not.
///
/// Several processes may have it open. Each write is one transaction, so that what is in the file is always
/// whole. All calls are synchronous; `History` is how a session uses it.
public final class HistoryStore: Sendable {
  public let path: String
  private let database: Mutex<Database>

  /// Where the history lies unless told otherwise: under `$XDG_STATE_HOME`, by default `~/.local/state`.
  public static func defaultPath(_ environment: [String: String] = ProcessInfo.processInfo.environment)
    -> String
  {
    // The XDG Base Directory Specification says that a relative path is to be ignored.
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return "\(state)/pare/history.sqlite"
    }
    return "\(environment["HOME"] ?? NSHomeDirectory())/.local/state/pare/history.sqlite"
  }

  /// Opens the file, and makes it and its directories where they are missing.
  ///
  /// - Throws: where it cannot be opened, is no SQLite file, or is of a newer version.
  public init(path: String) throws {
    self.path = path
    try Self.makeDirectory(of: path)
    database = Mutex(try Self.open(path))
  }

  private static func open(_ path: String) throws -> sending Database {
    let opened = try Database(path: path)
    try opened.setBusyTimeout(2000)
    // Readers do not wait for the writer, and a commit needs no flush to the disk: after a power cut the last
    // moves may be lost, the file is still whole.
    try retryingWhileBusy { try opened.execute("PRAGMA journal_mode = WAL") }
    try opened.execute("PRAGMA synchronous = NORMAL")
    try opened.execute("PRAGMA foreign_keys = ON")
    try migrate(opened)
    return opened
  }

  private static func makeDirectory(of path: String) throws {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      let reason = (error as NSError).userInfo[NSUnderlyingErrorKey].map { "\($0)" } ?? "\(error)"
      throw HistoryError.directory(path: directory.path, reason: reason)
    }
  }

  /// Changing the journal's mode does not wait as other statements do.
  private static func retryingWhileBusy(_ body: () throws -> Void) throws {
    for _ in 0..<40 {
      do {
        return try body()
      } catch let error as SQLiteError where error.isBusy {
        usleep(50_000)
      }
    }
    try body()
  }

  func use<Result: Sendable>(_ body: @Sendable (Database) throws -> Result) throws -> Result {
    try database.withLock { database in try body(database) }
  }
}
