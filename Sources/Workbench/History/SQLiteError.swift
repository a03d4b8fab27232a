import CSQLite

/// A call of SQLite that failed.
struct SQLiteError: Error, CustomStringConvertible {
  let path: String
  /// What was tried.
  let operation: String
  let code: Int32
  /// SQLite's own words.
  let message: String

  init(_ path: String, _ operation: String, code: Int32, connection: OpaquePointer?) {
    self.path = path
    self.operation = operation
    self.code = code
    let text = connection.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
    message = text.map { String(cString: $0) } ?? "error \(code)"
  }

  /// Another process holds the file, and may let go of it.
  var isBusy: Bool { code & 0xff == SQLITE_BUSY }

  var description: String { "\(path): \(operation): \(message)" }
}
