import CSQLite

/// A value that goes into or comes out of a statement.
enum SQLValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }
}

/// A connection to an SQLite file. Belongs to one thread at a time.
final class Database {
  let path: String
  private let connection: OpaquePointer

  /// Opens or makes the file.
  ///
  /// - Throws: `SQLiteError`.
  init(path: String) throws {
    self.path = path
    var connection: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &connection, flags, nil)
    guard code == SQLITE_OK, let connection else {
      let error = SQLiteError(path, "open", code: code, connection: connection)
      // SQLite hands out a connection even where opening failed, to ask it why.
      sqlite3_close_v2(connection)
      throw error
    }
    self.connection = connection
  }

  deinit { sqlite3_close_v2(connection) }

  /// How long to wait, in milliseconds, for another process that is writing.
  func setBusyTimeout(_ milliseconds: Int32) throws {
    try check(sqlite3_busy_timeout(connection, milliseconds), "busy_timeout")
  }

  /// Runs one statement, whose results are dropped.
  ///
  /// - Returns: the number of rows that it changed.
  @discardableResult
  func execute(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
    _ = try rows(sql, values) { _ in }
    return Int(sqlite3_changes(connection))
  }

  /// The rows that a statement gives, each read by `read`.
  func rows<Element>(_ sql: String, _ values: [SQLValue] = [], read: (Row) throws -> Element) throws
    -> [Element]
  {
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(connection, sql, -1, &statement, nil), sql)
    defer { sqlite3_finalize(statement) }
    for (index, value) in values.enumerated() {
      try bind(value, to: statement, at: Int32(index + 1), in: sql)
    }
    var rows: [Element] = []
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return rows }
      guard code == SQLITE_ROW else { throw failure(code, sql) }
      rows.append(try read(Row(statement: statement)))
    }
  }

  /// Runs `body` so that all of it happens or none, and no other process writes meanwhile.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Where rolling back fails too, the first error says more.
      _ = try? execute("ROLLBACK")
      throw error
    }
  }

  /// The number of the row that was inserted last.
  var lastRow: Int { Int(sqlite3_last_insert_rowid(connection)) }

  private func bind(_ value: SQLValue, to statement: OpaquePointer?, at index: Int32, in sql: String) throws {
    let code =
      switch value {
      case .null: sqlite3_bind_null(statement, index)
      case .integer(let number): sqlite3_bind_int64(statement, index, number)
      case .real(let number): sqlite3_bind_double(statement, index, number)
      case .text(let text): pare_sqlite3_bind_text(statement, index, text, Int32(text.utf8.count))
      }
    try check(code, sql)
  }

  private func check(_ code: Int32, _ operation: String) throws {
    guard code == SQLITE_OK else { throw failure(code, operation) }
  }

  private func failure(_ code: Int32, _ operation: String) -> SQLiteError {
    let words = operation.split(whereSeparator: \.isWhitespace).prefix(3).joined(separator: " ")
    return SQLiteError(path, words, code: code, connection: connection)
  }
}

/// The row that a statement stands at; valid until the next.
struct Row {
  fileprivate let statement: OpaquePointer?

  func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }
  func real(_ column: Int32) -> Double { sqlite3_column_double(statement, column) }

  /// nil for NULL.
  func text(_ column: Int32) -> String? {
    guard let bytes = sqlite3_column_text(statement, column) else { return nil }
    let buffer = UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    return String(decoding: buffer, as: UTF8.self)
  }
}
