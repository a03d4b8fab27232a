import Compression
import Formats
import Workbench

extension Command {
  static let sensitivity = Command(
    name: "sensitivity", summary: "How much is lost when each layer alone is pruned or rounded",
    grammar: Grammar(
      path: "PATH",
      options: [
        .data,
        Grammar.Option(
          name: "--amounts", value: "A,B,...",
          help: "shares of the weights to prune; 0.1 to 0.9 and 0.95 unless told"),
        Grammar.Option(
          name: "--bits", value: "A,B,...", help: "widths of the weights; 8,6,5,4,3,2 unless told"),
        Grammar.Option(name: "--limit", value: "N", help: "N samples only, chosen by a fixed lot"),
        .cache, .json,
      ] + Grammar.Option.dataOptions),
    notes: [
      "Weights are pruned by magnitude, and rounded symmetrically with a scale for each output channel.",
      """
      What lies in front of a layer is computed once. The last line compares the time that all took with
      as many full passes; the last line of JSON has both.
      """,
    ]
  ) { arguments in
    let settings = try settings(arguments)
    let limit = try arguments.count("--limit")
    let cacheBudget = try arguments.cacheBudget()
    let project = try Project(
      arguments.path, data: arguments.value("--data"), options: try arguments.dataOptions())
    let compressor = project.compressor(threads: Threads.standard)
    let layers = project.model.layers
    if layers.isEmpty { throw FormatError(project.source.modelPath, "has no layer with weights") }
    Interrupt.catchSignals()
    let all = try project.loadData()
    let isJSON = arguments.has("--json")
    let bar = ProgressBar()
    defer { bar.clear() }
    var done = 0
    let result = try naming(project) {
      try Sensitivity(
        of: compressor, on: limit.map { all.prefix($0) } ?? all, settings: settings, cacheBudget: cacheBudget,
        isCancelled: { Interrupt.isRequested },
        onPoint: { point, total in
          done += 1
          bar.show(done, of: total, layers[point.layer].name)
          if isJSON { try? Output.print(json(point, layers[point.layer].name).description) }
        })
    }
    bar.clear()
    if isJSON {
      try Output.print(
        JSON.object([
          ("points", .integer(result.points.count)),
          (result.original.headlineKey, .number(result.original.score)),
          ("seconds", .number(result.seconds)), ("seconds_from_scratch", .number(result.secondsFromScratch)),
        ]).description)
    } else {
      try Output.print(text(result, settings, layers.map(\.name)))
    }
  }

  private static func settings(_ arguments: Arguments) throws(UsageError) -> [Sensitivity.Setting] {
    let amounts = try arguments.numbers("--amounts")?.map { Double("\($0)") ?? 0 }
    if let wrong = amounts?.first(where: { !(0...1).contains($0) }) {
      throw UsageError("option '--amounts' must be shares from 0 to 1, not \(wrong)")
    }
    let bits = try arguments.numbers("--bits")
    if let wrong = bits?.first(where: { !(2...16).contains($0) || $0 != $0.rounded() }) {
      throw UsageError("option '--bits' must be widths from 2 to 16, not \(wrong)")
    }
    // Whoever names one kind asks for that kind alone.
    let pruned = amounts ?? (bits == nil ? Sensitivity.amounts : [])
    let widths = bits?.map { Int($0) } ?? (amounts == nil ? Sensitivity.widths : [])
    return pruned.map { .pruned($0) } + widths.map { .bits($0) }
  }

  private static func json(_ point: Sensitivity.Point, _ layer: String) -> JSON {
    let setting: (String, JSON) =
      switch point.setting {
      case .pruned(let amount): ("amount", .number(amount))
      case .bits(let bits): ("bits", .integer(bits))
      }
    return .object([
      ("layer", .text(layer)), setting,
      (point.evaluation.headlineKey, .number(point.evaluation.score)),
      ("samples", .integer(point.evaluation.samples)),
    ])
  }

  private static func text(_ result: Sensitivity, _ settings: [Sensitivity.Setting], _ layers: [String])
    -> String
  {
    let heads = settings.map { setting in
      switch setting {
      case .pruned(let amount):
        Numbers.fixed(100 * amount, amount * 100 == (amount * 100).rounded() ? 0 : 1) + " %"
      case .bits(let bits): "\(bits) bit"
      }
    }
    var rows = [["layer"] + heads]
    for (index, name) in layers.enumerated() {
      let points = result.points.filter { $0.layer == index }
      rows.append([name] + points.map { Numbers.fixed(100 * $0.evaluation.score, 2) })
    }
    let table = Table(rows: rows, alignments: [.left] + heads.map { _ in .right })
    let headline = "\(result.original.headline) \(Numbers.percent(result.original.score)) as it is"
    let factor = result.secondsFromScratch / max(result.seconds, 1e-9)
    let time =
      "\(result.points.count) settings in \(Numbers.fixed(result.seconds, 2)) s; from scratch each would take "
      + "\(Numbers.fixed(result.passSeconds, 3)) s, together \(Numbers.fixed(factor, 1)) times as long"
    return "\(headline)\n\n\(table)\n\n\(time)"
  }
}
