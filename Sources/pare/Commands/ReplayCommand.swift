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
          name: "--moves", value: "FILE.jsonl", help: "recipes, one a line, or what --record wrote"),
        Grammar.Option(
          name: "--random", value: "N",
          help: "so many moves by chance, as a person makes them"),
        Grammar.Option(name: "--seed", value: "S", help: "the number that chance begins with, 0 unless told"),
        Grammar.Option(
          name: "--pauses", help: "wait between moves as the person did, and look ahead"),
        .cache, .data, .json,
      ] + Grammar.Option.dataOptions)
  ) { arguments in
    let cacheBudget = try arguments.cacheBudget()
    let dataOptions = try arguments.dataOptions()
    let isJSON = arguments.has("--json")
    let isPaced = arguments.has("--pauses")
    Interrupt.catchSignals()
    let (steps, check) = try steps(arguments, dataOptions)
    var index = 0
    try Replay.run(isPaced ? steps : steps.map { Replay.Step($0.recipe) }) {
      Interrupt.isRequested
    } session: { onEvent in
      let session = try Session.open(
        arguments.path, data: arguments.value("--data"), options: dataOptions, historyPath: nil,
        cacheBudget: cacheBudget, onEvent: onEvent)
      try check(session.compressor)
      return session
    } onMove: { move in
      if index == 0 && !isJSON { try Output.print(header(move.evaluation.headline)) }
      try Output.print(isJSON ? json(move, steps[index].recipe).description : line(move))
      index += 1
    }
  }

  /// The moves, and a check that those of a file fit the model.
  private static func steps(_ arguments: Arguments, _ options: DataOptions) throws
    -> ([Replay.Step], (Compressor) throws -> Void)
  {
    if let path = arguments.value("--moves") {
      if arguments.has("--random") { throw UsageError("give '--moves' or '--random', not both") }
      let moves = try RecipeFile.readMoves(path)
      return (
        moves.map(\.step),
        { compressor in
          // What observes samples is checked when they are loaded.
          for move in moves where !move.step.recipe.observes {
            _ = try compressor.check(move.step.recipe, from: "\(path):\(move.line)")
          }
        }
      )
    }
    guard let count = try arguments.count("--random") else {
      throw UsageError("'replay' needs '--moves FILE.jsonl' or '--random N'")
    }
    let project = try Project(arguments.path, data: arguments.value("--data"), options: options)
    let compressor = project.compressor(threads: Threads.standard)
    let calibration = project.calibration(try project.loadData())
    var random = RandomMoves(
      layers: project.model.layers, seed: UInt64(try arguments.count("--seed", from: 0) ?? 0),
      quantizesActivations: calibration != nil
    ) { (try? compressor.estimate($0, calibration: calibration)) != nil }
    return ((0..<count).map { _ in random.next().step }, { _ in })
  }

  private static func json(_ move: Replay.Move, _ recipe: Recipe) -> JSON {
    .object([
      ("recipe", .raw(recipe.json(pretty: false))),
      (move.evaluation.headlineKey, .number(move.evaluation.score)),
      ("correct", .integer(move.evaluation.correct)),
      ("samples", .integer(move.evaluation.samples)), ("size_bytes", .integer(move.cost.sizeBytes)),
      ("macs", .integer(move.cost.macs)), ("first_estimate_ms", .number(move.firstEstimateMilliseconds)),
      ("first_within_2_points_ms", .number(move.firstCertainMilliseconds)),
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
