extension HistoryStore {
  /// Each step takes a file from the version that is its index to the next. Steps are only ever added.
  private static let migrations = [
    """
    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      model TEXT NOT NULL,
      position INTEGER NOT NULL,
      version INTEGER NOT NULL,
      updated REAL NOT NULL)
    """,
    "CREATE INDEX sessions_by_model ON sessions (model, updated)",
    """
    CREATE TABLE moves (
      session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      recipe TEXT NOT NULL,
      PRIMARY KEY (session, number)) WITHOUT ROWID
    """,
    """
    CREATE TABLE snapshots (
      model TEXT NOT NULL,
      name TEXT NOT NULL,
      recipe TEXT NOT NULL,
      evaluation TEXT,
      created REAL NOT NULL,
      PRIMARY KEY (model, name)) WITHOUT ROWID
    """,
    """
    CREATE TABLE results (
      model TEXT NOT NULL,
      data TEXT NOT NULL,
      recipe TEXT NOT NULL,
      total INTEGER NOT NULL,
      correct INTEGER NOT NULL,
      loss REAL,
      seconds REAL NOT NULL,
      PRIMARY KEY (model, data, recipe)) WITHOUT ROWID
    """,
    "ALTER TABLE results ADD COLUMN evaluation TEXT",
  ]

  /// The layout that this program writes.
  static var version: Int { migrations.count }

  /// Brings a file, new or of an older version, to the current layout. Several processes may do so at once.
  static func migrate(_ database: Database) throws {
    try check(database)
    guard try version(of: database) < version else { return }
    try database.transaction {
      // Another process may have done it while this one waited.
      for (index, step) in migrations.enumerated().dropFirst(try version(of: database)) {
        try database.execute(step)
        try database.execute("PRAGMA user_version = \(index + 1)")
      }
    }
  }

  private static func check(_ database: Database) throws {
    let found = try version(of: database)
    guard found <= version else { throw HistoryError.newer(path: database.path, version: found) }
  }

  private static func version(of database: Database) throws -> Int {
    try database.rows("PRAGMA user_version") { $0.int(0) }.first ?? 0
  }
}
