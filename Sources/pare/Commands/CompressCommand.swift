import Compression
import Formats
import Workbench

extension Command {
  static let compress = Command(
    name: "compress", summary: "Applies a recipe to a model and writes the result as ONNX",
    grammar: Grammar(
      path: "PATH",
      options: [
        Grammar.Option(name: "--recipe", value: "FILE", help: "the recipe, as JSON", isRequired: true),
        Grammar.Option(name: "--output", value: "OUT.onnx", help: "the model to write", isRequired: true),
        .data, .json,
      ] + Grammar.Option.dataOptions),
    notes: [
      "Data is needed only where the recipe quantizes activations, or prunes by what layers see.",
      "What a recipe says of distillation is written into the model, and is not carried out.",
      "With --json, `ranges` has the least and the greatest value by which each tensor was quantized.",
    ]
  ) { arguments in
    let recipePath = try arguments.required("--recipe")
    let project = try Project(
      arguments.path, data: arguments.value("--data"), options: try arguments.dataOptions())
    let recipe = try RecipeFile.readUntrained(recipePath)
    let compressor = project.compressor(threads: Threads.standard)
    Interrupt.catchSignals()
    func samples() throws -> CalibrationData { try project.loadCalibration() }
    // Where nothing is measured the data would be read for nothing.
    let observed = recipe.observes ? try samples() : nil
    let cost = try compressor.check(recipe, from: recipePath, calibration: observed)
    let calibration = recipe.needsSamples ? try observed ?? samples() : nil
    let export = Export(recipe: recipe, modelPath: try arguments.required("--output"), recipePath: nil)
    let (paths, sizes, ranges) = try naming(project) {
      let compressed = try compressor.apply(recipe, calibration: calibration) {
        Interrupt.isRequested
      }
      let paths = try export.write { compressed }
      return (paths, try Sizes(of: compressed) { Interrupt.isRequested }, compressed.ranges)
    }
    if arguments.has("--json") { return try Output.print(json(paths, cost, sizes, ranges)) }
    let size = Numbers.grouped(cost.sizeBytes)
    try Output.print("\(paths.joined(separator: ", ")): \(size) bytes of weights")
    try Output.print(SizeTable.text(sizes))
  }

  private static func json(_ paths: [String], _ cost: CostReport, _ sizes: Sizes, _ ranges: ActivationRanges)
    -> JSON
  {
    let ends = ranges.ranges.sorted { $0.key < $1.key }.map { name, range in
      (name, JSON.array([.number(Double(range.low)), .number(Double(range.high))]))
    }
    return .object([
      ("files", .array(paths.map { .text($0) })), ("size_bytes", .integer(cost.sizeBytes)),
      ("sizes", SizeTable.json(sizes)), ("ranges", .object(ends)),
    ])
  }
}
