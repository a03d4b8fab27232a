import Compression
import Foundation
import Tensor

extension HistoryStore {
  /// The exact result of a recipe; nil where it is not known.
  public func result(_ key: ResultKey) throws -> Evaluation? {
    try use { database in
      try database.rows(
        "SELECT evaluation FROM results WHERE model = ? AND data = ? AND recipe = ?", key.values
      ) { row in row.text(0).flatMap { StoredEvaluation.read($0) } }.first ?? nil
    }
  }

  /// Remembers an exact result.
  public func save(_ evaluation: Evaluation, for key: ResultKey) throws {
    precondition(evaluation.isExact, "an estimate is no result")
    let text = try StoredEvaluation.text(evaluation)
    try use { database in
      _ = try database.execute(
        """
        INSERT OR REPLACE INTO results (model, data, recipe, total, correct, loss, seconds, evaluation)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        key.values + [
          .int(evaluation.total), .int(evaluation.correct), .real(evaluation.loss), .real(evaluation.seconds),
          .text(text),
        ])
    }
  }

  /// The snapshots of a model, oldest first. Those whose recipe this version cannot read are left out.
  public func snapshots(model: ContentHash) throws -> [Snapshot] {
    try use { database in
      try database.rows(
        "SELECT name, recipe, evaluation FROM snapshots WHERE model = ? ORDER BY created, name",
        [.text(model.description)]
      ) { row -> Snapshot? in
        guard let name = row.text(0), let recipe = try? Recipe(json: row.text(1) ?? "") else { return nil }
        let evaluation = row.text(2).flatMap { StoredEvaluation.read($0) }
        return Snapshot(name: name, recipe: recipe, evaluation: evaluation)
      }.compactMap { $0 }
    }
  }

  /// Keeps a snapshot, in place of one of the same name.
  public func save(_ snapshot: Snapshot, model: ContentHash) throws {
    let evaluation = try snapshot.evaluation.map { SQLValue.text(try StoredEvaluation.text($0)) }
    try use { database in
      _ = try database.execute(
        """
        INSERT INTO snapshots (model, name, recipe, evaluation, created) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (model, name) DO UPDATE SET recipe = excluded.recipe, evaluation = excluded.evaluation
        """,
        [
          .text(model.description), .text(snapshot.name), .text(snapshot.recipe.json(pretty: false)),
          evaluation ?? .null, .real(Date().timeIntervalSince1970),
        ])
    }
  }

  /// Drops a snapshot, if there is one of this name.
  public func removeSnapshot(named name: String, model: ContentHash) throws {
    try use { database in
      _ = try database.execute(
        "DELETE FROM snapshots WHERE model = ? AND name = ?", [.text(model.description), .text(name)])
    }
  }
}

extension ResultKey {
  /// Counts up when results of the same recipe change because Pare computes differently.
  private static let revision = 2

  fileprivate var values: [SQLValue] {
    [.text(model.description), .text("\(data)/\(Self.revision)/\(task)"), .text(recipe.description)]
  }
}

/// An evaluation as JSON, in which numbers may be infinite or none.
private enum StoredEvaluation {
  static func text(_ evaluation: Evaluation) throws -> String {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(evaluation), as: UTF8.self)
  }

  /// nil for what this version cannot read.
  static func read(_ text: String) -> Evaluation? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try? decoder.decode(Evaluation.self, from: Data(text.utf8))
  }
}
