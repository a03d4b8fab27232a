import Compression
import Workbench

extension Command {
  static let bench = Command(
    name: "bench", summary: "How long a full, exact pass over the data takes",
    grammar: Grammar(
      path: "PATH",
      options: [
        .data, .recipe,
        Grammar.Option(name: "--rounds", value: "N", help: "passes to time, 5 unless told"),
        Grammar.Option(name: "--random", value: "N", help: "time runs of N random samples, as JSON"),
        Grammar.Option(name: "--cancel", help: "time how soon a pass stops in place of passes, as JSON"),
        Grammar.Option(name: "--sliders", help: "time sliders on the model in place of passes, as JSON"),
        .json,
      ] + Grammar.Option.dataOptions),
    notes: ["Nothing is remembered from one pass to the next, and each prepares the graph anew."]
  ) { arguments in
    if arguments.has("--sliders") {
      let model = try Project(arguments.path).model
      return try Output.print(try SliderBench(model).measured())
    }
    if arguments.has("--cancel") {
      let project = try Project(
        arguments.path, data: arguments.value("--data"), options: try arguments.dataOptions())
      Interrupt.catchSignals()
      return try naming(project) { try Output.print(try CancelBench(project).measured()) }
    }
    if let samples = try arguments.count("--random") {
      let project = try Project(arguments.path)
      Interrupt.catchSignals()
      return try naming(project) {
        try Output.print(try RandomBench(project.model.graph, samples: samples).measured())
      }
    }
    let rounds = try arguments.count("--rounds") ?? 5
    let project = try Project(
      arguments.path, data: arguments.value("--data"), options: try arguments.dataOptions())
    let recipePath = arguments.value("--recipe")
    let recipe = try recipePath.map { try RecipeFile.readUntrained($0) } ?? .empty
    let compressor = project.compressor(threads: Threads.standard)
    Interrupt.catchSignals()
    let data = try project.loadData()
    let calibration = project.calibration(data)
    let cost = try compressor.check(recipe, from: recipePath ?? "", calibration: calibration)
    let original = OriginalOutputs(project.model.graph, threads: Threads.standard)
    var passes: [Double] = []
    try naming(project) {
      let graph = try compressor.apply(recipe, calibration: calibration) {
        Interrupt.isRequested
      }.graph
      for _ in 0..<rounds {
        let clock = ContinuousClock()
        let start = clock.now
        let evaluator = try Evaluator(
          graph, on: data, threads: Threads.standard, macs: cost.macs,
          original: original)
        try evaluator.run { Interrupt.isRequested }
        let elapsed = start.duration(to: clock.now)
        passes.append(elapsed / .microseconds(1) / 1000)
      }
    }
    if arguments.has("--json") {
      try Output.print(
        .object([
          ("pass_ms", .array(passes.map { .number($0) })), ("threads", .integer(Threads.standard)),
          ("samples", .integer(data.count)),
        ]))
    } else {
      let sorted = passes.sorted()
      let rows = [
        ["fastest", Numbers.fixed(sorted[0], 1), "ms"],
        ["median", Numbers.fixed(sorted[sorted.count / 2], 1), "ms"],
        ["slowest", Numbers.fixed(sorted[sorted.count - 1], 1), "ms"],
        ["samples", Numbers.grouped(data.count), ""], ["threads", "\(Threads.standard)", ""],
      ]
      try Output.print(Table(rows: rows, alignments: [.left, .right, .left]).description)
    }
  }
}
