/// A subcommand of `pare`. One file and one line in `Command.all` for each.
struct Command: Sendable {
  /// Empty for the dashboard, which needs no name.
  var name: String
  /// What it does, in a few words.
  var summary: String
  var grammar: Grammar
  /// Paragraphs for its help, beyond the options.
  var notes: [String] = []
  /// - Throws: `UsageError`, or an error whose description is one sentence.
  var run: @Sendable (Arguments) throws -> Void

  static let all = [dashboard, inspect, run, evaluate, compress, distill, sensitivity, replay, bench]

  static func named(_ name: String) -> Command? { all.first { $0.name == name && !name.isEmpty } }
}
