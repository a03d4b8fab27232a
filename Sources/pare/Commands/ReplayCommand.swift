import Compression
import Formats
import Workbench

extension Command {
  static let replay = Command(
    name: "replay", summary: "Applies recipes in turn, as in a session of the dashboard",
    grammar: Grammar(
      path: "PATH",
      options: [
        Grammar.Option(
          name: "--moves", value: "FILE.jsonl", help: "the recipes, one a line", isRequired: true),
        .data, .json,
      ] + Grammar.Option.dataOptions)
  ) { arguments in
    let path = try arguments.required("--moves")
    let dataOptions = try arguments.dataOptions()
    let moves = try RecipeFile.readLines(path)
    let isJSON = arguments.has("--json")
    Interrupt.catchSignals()
    var isFirst = true
    try Replay.run(moves.map(\.recipe)) {
      Interrupt.isRequested
    } session: { onEvent in
      let session = try Session.open(
        arguments.path, data: arguments.value("--data"), options: dataOptions, historyPath: nil,
        onEvent: onEvent)
      // What observes samples is checked when they are loaded.
      for move in moves where !move.recipe.observes {
        _ = try session.compressor.check(move.recipe, from: "\(path):\(move.line)")
      }
      return session
    } onMove: { move in
      if isFirst && !isJSON { try Output.print(header(move.evaluation.headline)) }
      isFirst = false
      try Output.print(isJSON ? json(move).description : line(move))
    }
  }

  private static func json(_ move: Replay.Move) -> JSON {
    .object([
      (move.evaluation.headlineKey, .number(move.evaluation.score)),
      ("correct", .integer(move.evaluation.correct)),
      ("samples", .integer(move.evaluation.samples)), ("size_bytes", .integer(move.cost.sizeBytes)),
      ("macs", .integer(move.cost.macs)), ("first_estimate_ms", .number(move.firstEstimateMilliseconds)),
      ("exact_ms", .number(move.exactMilliseconds)),
    ])
  }

  private static let columns = [14, 9, 9, 14, 14, 12, 10]

  private static func header(_ headline: String) -> String {
    row([headline, "right", "samples", "bytes", "MACs", "estimate ms", "exact ms"])
  }

  private static func line(_ move: Replay.Move) -> String {
    row([
      Numbers.percent(move.evaluation.score), Numbers.grouped(move.evaluation.correct),
      Numbers.grouped(move.evaluation.samples), Numbers.grouped(move.cost.sizeBytes),
      Numbers.grouped(move.cost.macs), Numbers.fixed(move.firstEstimateMilliseconds, 1),
      Numbers.fixed(move.exactMilliseconds, 1),
    ])
  }

  /// Lines come one by one, so that the widths are fixed beforehand.
  private static func row(_ cells: [String]) -> String {
    zip(cells, columns).map { cell, width in
      String(repeating: " ", count: max(0, width - cell.count)) + cell
    }.joined(separator: " ")
  }
}
