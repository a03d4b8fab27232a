import Compression
import Foundation
import Tensor

/// A session as it stands in the file.
public struct StoredTrail: Hashable, Sendable {
  var session: Int
  /// Grows with every write, so that a process sees when another one wrote to the same session.
  var version: Int
  /// Number of the first move.
  var first: Int
  public internal(set) var trail: Trail
}

extension HistoryStore {
  /// Sessions of a model beyond this many are forgotten, oldest first.
  static let sessionLimit = 8

  /// The latest session of a model; nil where there is none. Recipes that this version cannot read are left out.
  public func latestTrail(model: ContentHash) throws -> StoredTrail? {
    try use { database in
      try database.execute("BEGIN")
      defer { _ = try? database.execute("COMMIT") }
      let latest = """
        SELECT id, position, version FROM sessions WHERE model = ? ORDER BY updated DESC, id DESC LIMIT 1
        """
      let found = try database.rows(latest, [.text(model.description)]) {
        (session: $0.int(0), position: $0.int(1), version: $0.int(2))
      }
      guard let found = found.first else { return nil }
      let moves = try database.rows(
        "SELECT number, recipe FROM moves WHERE session = ? ORDER BY number", [.int(found.session)]
      ) { (number: $0.int(0), recipe: try? Recipe(json: $0.text(1) ?? "")) }
      guard let first = moves.first?.number else { return nil }
      let readable = moves.filter { $0.recipe != nil }
      let position = readable.count { $0.number <= found.position } - 1
      guard let trail = Trail(recipes: readable.compactMap(\.recipe), position: position) else { return nil }
      return StoredTrail(session: found.session, version: found.version, first: first, trail: trail)
    }
  }

  /// Brings the file to `trail`, with a few rows changed where little did.
  ///
  /// - Parameter known: what this process knows to be in the file; nil to begin a session. Where another process
  ///   has written to it since, a new session is begun, so that neither loses anything.
  /// - Returns: what is in the file now.
  public func save(_ trail: Trail, over known: StoredTrail?, model: ContentHash) throws -> StoredTrail {
    try use { database in
      try database.transaction {
        let now = SQLValue.real(Date().timeIntervalSince1970)
        if let known, let saved = try Self.update(database, trail, over: known, now: now) { return saved }
        try database.execute(
          "INSERT INTO sessions (model, position, version, updated) VALUES (?, ?, 0, ?)",
          [.text(model.description), .int(trail.position), now])
        let session = database.lastRow
        try Self.insert(database, session: session, trail.recipes[...], from: 0)
        try database.execute(
          """
          DELETE FROM sessions WHERE model = ? AND id NOT IN
            (SELECT id FROM sessions WHERE model = ? ORDER BY updated DESC, id DESC LIMIT ?)
          """, [.text(model.description), .text(model.description), .int(Self.sessionLimit)])
        return StoredTrail(session: session, version: 0, first: 0, trail: trail)
      }
    }
  }

  /// nil where another process has changed or dropped the session.
  private static func update(
    _ database: Database, _ trail: Trail, over known: StoredTrail, now: SQLValue
  ) throws -> StoredTrail? {
    // At the limit each move drops the oldest: the new trail is then the old one further on.
    let shift =
      trail.recipes.count == Trail.limit ? known.trail.recipes.firstIndex(of: trail.recipes[0]) ?? 0 : 0
    let old = known.trail.recipes[shift...]
    let kept = zip(old, trail.recipes).prefix { $0 == $1 }.count
    let first = known.first + shift
    let changed = try database.execute(
      "UPDATE sessions SET position = ?, version = version + 1, updated = ? WHERE id = ? AND version = ?",
      [.int(first + trail.position), now, .int(known.session), .int(known.version)])
    guard changed == 1 else { return nil }
    if shift > 0 {
      try database.execute(
        "DELETE FROM moves WHERE session = ? AND number < ?", [.int(known.session), .int(first)])
    }
    if kept < old.count {
      try database.execute(
        "DELETE FROM moves WHERE session = ? AND number >= ?", [.int(known.session), .int(first + kept)])
    }
    try insert(database, session: known.session, trail.recipes[kept...], from: first)
    return StoredTrail(
      session: known.session, version: known.version + 1, first: first, trail: trail)
  }

  /// Adds moves; the index of each within its trail counts from number `first`.
  private static func insert(
    _ database: Database, session: Int, _ recipes: ArraySlice<Recipe>, from first: Int
  ) throws {
    for (index, recipe) in zip(recipes.indices, recipes) {
      try database.execute(
        "INSERT INTO moves (session, number, recipe) VALUES (?, ?, ?)",
        [.int(session), .int(first + index), .text(recipe.json(pretty: false))])
    }
  }
}
