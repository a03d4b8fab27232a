import Foundation
import Tensor

/// Opening files, with this room's error.
enum FileAccess {
  /// - Throws: `FormatError` with the system's reason, or that it is a directory.
  static func map(_ path: String) throws(FormatError) -> MappedFile {
    if isDirectory(path) { throw FormatError(path, "is a directory, not a file") }
    do {
      return try MappedFile(path: path)
    } catch {
      throw FormatError(path, "cannot be read: \(error.reason)")
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
