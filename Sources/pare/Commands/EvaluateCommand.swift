import Compression
import Formats
import Foundation
import Tensor
import Workbench

extension Command {
  static let evaluate = Command(
    name: "evaluate", summary: "How many samples a model gets right, and what it costs",
    grammar: Grammar(
      path: "PATH",
      options: [
        .data, .recipe,
        Grammar.Option(name: "--limit", value: "N", help: "N samples only, chosen by a fixed lot"),
        .json,
        Grammar.Option(
          name: "--sizes", help: "sparse, Huffman-coded and file sizes too, which takes a moment"),
        Grammar.Option(
          name: "--predictions", value: "FILE.npy",
          help: "write the predicted classes in the data's order; -1 is beyond the limit"),
      ] + Grammar.Option.dataOptions),
    notes: [
      "`interval` is the 95 % Wilson score interval of the accuracy, `loss` the mean cross-entropy.",
      """
      --task regression gives R2 and the mean squared error, next-token the accuracy of tokens and the
      perplexity, fidelity the agreement with the model as it was, the cosine and the SQNR in dB: it needs
      no labels, and without --data it takes random inputs.
      """,
      """
      `bops` are MACs x weight bits x activation bits, with 32 for float. With --sizes, `sizes` has the
      bytes of the weights: dense, in the best of sparse encodings, and Huffman-coded as in Deep
      Compression (null where none is quantized); and of the exported file, as it is and compressed.
      """,
    ]
  ) { arguments in
    let limit = try arguments.count("--limit")
    let project = try Project(
      arguments.path, data: arguments.value("--data"), options: try arguments.dataOptions())
    let recipePath = arguments.value("--recipe")
    let recipe = try recipePath.map { try RecipeFile.readUntrained($0) } ?? .empty
    let compressor = project.compressor(threads: Threads.standard)
    Interrupt.catchSignals()
    if !recipe.observes { _ = try compressor.check(recipe, from: recipePath ?? "") }
    let all = try project.loadData()
    if arguments.has("--predictions"), all.task != .classification {
      throw UsageError("option '--predictions' is for classification, not \(all.task.rawValue)")
    }
    let calibration = project.calibration(all)
    let cost = try compressor.check(recipe, from: recipePath ?? "", calibration: calibration)
    let (result, predictions, sizes) = try naming(project) {
      let compressed = try compressor.apply(recipe, calibration: calibration) {
        Interrupt.isRequested
      }
      let data = limit.map { all.prefix($0) } ?? all
      let evaluator = try Evaluator(
        compressed.graph, on: data, threads: Threads.standard, macs: cost.macs,
        original: OriginalOutputs(project.model.graph, threads: Threads.standard))
      let bar = ProgressBar()
      defer { bar.clear() }
      let result = try evaluator.run {
        Interrupt.isRequested
      } progress: {
        bar.show($0)
      }
      let sizes = arguments.has("--sizes") ? try Sizes(of: compressed) { Interrupt.isRequested } : nil
      return (result, evaluator.predictions, sizes)
    }
    if let path = arguments.value("--predictions") {
      try NPYWriter.write(inFileOrder(predictions, all), to: path)
    }
    if arguments.has("--json") {
      try Output.print(json(result, cost, sizes))
    } else {
      let tables =
        [text(result, cost, on: project.hasData ? nil : all.name)]
        + (sizes.map { [SizeTable.text($0), SizeTable.layers($0.encoded)] } ?? [])
      try Output.print(tables.joined(separator: "\n\n"))
    }
  }

  /// `[samples]` of int64; -1 for those that were not seen.
  private static func inFileOrder(_ predictions: [Int32], _ data: Dataset) -> Tensor {
    let seen = predictions.map { Int64($0) }
    return Tensor(data.inFileOrder(seen + Array(repeating: -1, count: data.count - seen.count)))
  }

  private static func json(_ result: Evaluation, _ cost: CostReport, _ sizes: Sizes?) -> JSON {
    let isFidelity = result.task == .fidelity
    let members: [(String, JSON)] = [
      ("samples", .integer(result.samples)), ("correct", .integer(result.correct)),
      (result.headlineKey, .number(result.score)),
      ("interval", .array([.number(result.interval.lowerBound), .number(result.interval.upperBound)])),
    ]
    let costs: [(String, JSON)] = [
      ("seconds", .number(result.seconds)),
      ("size_bytes", .integer(cost.sizeBytes)), ("parameters", .integer(cost.parameters)),
      ("nonzero_parameters", .integer(cost.nonzeroParameters)), ("macs", .integer(cost.macs)),
      ("effective_macs", .integer(cost.effectiveMacs)), ("bops", .integer(cost.bops)),
    ]
    let task = result.task == .classification ? [] : [("task", JSON.text(result.task.rawValue))]
    let loss = isFidelity ? [] : [("loss", JSON.number(result.loss))]
    let figures = result.figures.map { ($0.key, JSON.number($0.value)) }
    return .object(
      members + loss + costs + task + figures + (sizes.map { [("sizes", SizeTable.json($0))] } ?? []))
  }

  private static func text(_ result: Evaluation, _ cost: CostReport, on data: String?) -> String {
    let interval = [result.interval.lowerBound, result.interval.upperBound].map { Numbers.fixed(100 * $0, 2) }
    // A number that has no interval is the same at both ends.
    let confidence =
      result.interval.lowerBound < result.interval.upperBound
      ? "\(interval[0]) to \(interval[1]) %, with 95 % confidence" : ""
    let headline = [result.headline, Numbers.percent(result.score), confidence]
    let costs = [
      ["size", Numbers.grouped(cost.sizeBytes), "bytes"],
      [
        "parameters", Numbers.grouped(cost.parameters), "\(Numbers.grouped(cost.nonzeroParameters)) not zero",
      ],
      ["MACs", Numbers.grouped(cost.macs), "\(Numbers.grouped(cost.effectiveMacs)) without zero weights"],
      ["BOPs", Numbers.grouped(cost.bops), "MACs x weight bits x activation bits"],
      ["time", Numbers.fixed(result.seconds, 2), "s"],
    ]
    let source = data.map { [["data", $0, "of \(Numbers.grouped(result.samples)) samples"]] } ?? []
    let rows = source + [headline] + TaskFigures.rows(result) + costs
    return Table(rows: rows, alignments: [.left, .right, .left]).description
  }

  /// Adds the model's file to errors that do not know it.
  static func naming<Result>(_ project: Project, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch  where Cancellation.matches(error) {
      throw error
    } catch {
      throw Output.Failure(description: project.sentence(error))
    }
  }
}
