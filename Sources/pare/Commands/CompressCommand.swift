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
        .data,
      ] + Grammar.Option.preprocessing),
    notes: ["Data is needed only where the recipe quantizes activations, or prunes by what layers see."]
  ) { arguments in
    let recipePath = try arguments.required("--recipe")
    let project = try Project(
      arguments.path, data: arguments.value("--data"), preprocessing: try arguments.preprocessing())
    let recipe = try RecipeFile.read(recipePath)
    let compressor = Compressor(project.model, threads: Threads.standard)
    Interrupt.catchSignals()
    func samples() throws -> CalibrationData { project.calibration(try project.loadData()) }
    // Where nothing is measured the data would be read for nothing.
    let observed = recipe.observes ? try samples() : nil
    let cost = try compressor.check(recipe, from: recipePath, calibration: observed)
    let calibration = recipe.needsSamples ? try observed ?? samples() : nil
    let export = Export(recipe: recipe, modelPath: try arguments.required("--output"), recipePath: nil)
    let (paths, sizes) = try naming(project) {
      let compressed = try compressor.apply(recipe, calibration: calibration) {
        Interrupt.isRequested
      }
      return (try export.write { compressed }, try Sizes(of: compressed) { Interrupt.isRequested })
    }
    let size = Numbers.grouped(cost.sizeBytes)
    try Output.print("\(paths.joined(separator: ", ")): \(size) bytes of weights")
    try Output.print(SizeTable.text(sizes))
  }
}
