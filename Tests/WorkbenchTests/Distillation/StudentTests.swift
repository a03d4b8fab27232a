import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

/// Students that are other models than their teacher.
@Suite struct StudentTests {
  private let bundle: TinyBundle
  private let project: Project

  init() throws {
    bundle = try TinyBundle(training: 400)
    project = try Project(bundle.directory)
  }

  private func recipe(_ student: DistillationSettings.Student) -> Recipe {
    Recipe(
      weights: [WeightRule(layers: ["*"], bits: 4, granularity: .channel)],
      distillation: DistillationSettings(
        alpha: 1, temperature: 2, learningRate: 0.02, epochs: 8, seed: 3, student: student))
  }

  private func distiller(_ student: DistillationSettings.Student, directory: String? = nil) throws
    -> Distiller
  {
    let recipe = recipe(student)
    let data = try project.loadData()
    let base = try project.base(
      of: student, Compressor(project.model), output: data.output, directory: directory)
    return try Distiller(
      try DistillationStudent(base, recipe), by: project.model.graph, on: data,
      settings: recipe.distillation!, threads: 2, cacheDirectory: nil)
  }

  /// A model beside the bundle's: one dense layer.
  private func write(_ name: String, input: String = "pixels", output: String = "scores", classes: Int = 3)
    throws
  {
    try ONNXWriter.write(
      Graph(
        inputs: [ValueInfo(name: input, dtype: .float32, dims: [.symbol("B"), 1, 2, 2])],
        outputs: [ValueInfo(name: output, dtype: .float32, dims: [.symbol("B"), Dim(classes)])],
        nodes: [
          Node(name: "flat", type: "Flatten", inputs: [input], outputs: ["flat"]),
          Node(name: "fc", type: "MatMul", inputs: ["flat", "only.weight"], outputs: [output]),
        ],
        constants: [
          "only.weight": Tensor(TinyBundle.numbers(4 * classes, seed: 9), shape: [4, classes])
        ]), to: bundle.directory + "/" + name)
  }

  private func train(_ distiller: Distiller) throws {
    while !distiller.isOver { try distiller.epoch { _ in Double(distiller.reports.count) } }
  }

  @Test func aNarrowOneTrains() throws {
    let distiller = try distiller(.width(0.5))
    #expect(distiller.best["fc1.weight"]?.shape == [4, 4])
    #expect(distiller.best["fc2.weight"]?.shape == [3, 4])
    try train(distiller)
    #expect(distiller.reports[7].loss < 0.8 * distiller.reports[0].loss)
    let student = distiller.student
    let written = try student.compressed(student.carrying(distiller.best), name: "t", threads: 1)
    let data = try project.loadData()
    // What is judged is what is written.
    let score = try Evaluator(written.graph, on: data, threads: 1).run().score
    let path = bundle.directory + "/narrow.onnx"
    try ONNXWriter.write(written.graph, to: path)
    let read = try ONNXReader.read(path: path)
    #expect(try Evaluator(read, on: data, threads: 1).run().score == score)
    #expect(read.nodes.contains { $0.type == DequantizeLinear.type })
  }

  @Test func aFileTrains() throws {
    try write("small.onnx")
    let distiller = try distiller(.file("small.onnx"), directory: bundle.directory)
    #expect(Set(distiller.best.keys) == ["only.weight"])
    try train(distiller)
    #expect(distiller.reports[7].loss < 0.7 * distiller.reports[0].loss)
    let student = distiller.student
    #expect(student.graph.inputs.map(\.name) == ["image"])
    #expect(student.graph.outputs.map(\.name) == ["logits"])
  }

  @Test func anotherStudentIsAnotherTraining() throws {
    let whole = try distiller(.compressed)
    let narrow = try distiller(.width(0.5))
    #expect(throws: DistillationCheckpoint.Mismatch.self) { try narrow.restore(whole.checkpoint) }
    // The same settings, and a file that has changed.
    try write("small.onnx")
    let first = try distiller(.file("small.onnx"), directory: bundle.directory)
    try write("small.onnx", output: "others")
    let same = try distiller(.file("small.onnx"), directory: bundle.directory)
    try same.restore(first.checkpoint)
    try ONNXWriter.write(project.model.graph, to: bundle.directory + "/small.onnx")
    let other = try distiller(.file("small.onnx"), directory: bundle.directory)
    #expect(throws: DistillationCheckpoint.Mismatch.self) { try other.restore(first.checkpoint) }
  }

  @Test func filesThatDoNotFitAreRefused() throws {
    try write("wide.onnx", classes: 5)
    var graph = project.model.graph
    graph.nodes[2].type = OperatorType("Strange", domain: "elsewhere")
    try ONNXWriter.write(graph, to: bundle.directory + "/strange.onnx")
    try AtomicFile.write("no model", to: bundle.directory + "/text.onnx")
    try ONNXWriter.write(Graph(), to: bundle.directory + "/empty.onnx")
    for (name, reason) in [
      ("wide.onnx", "gives 'scores' as float32 1·5, and the teacher as float32 1·3"),
      ("text.onnx", ""), ("missing.onnx", ""), ("empty.onnx", "takes nothing"),
      ("strange.onnx", "uses operator elsewhere.Strange, which Pare does not know"),
    ] {
      let error = try #require(throws: FormatError.self) {
        try distiller(.file(name), directory: bundle.directory)
      }
      #expect(error.description.hasPrefix("\(bundle.directory)/\(name): \(reason)"))
    }
  }

  @Test func blocksThatAreNotThereAreRefused() throws {
    let error = try #require(throws: RecipeError.self) { try distiller(.withoutBlocks(["fc1"])) }
    #expect(error.description.contains("layer 'fc1' cannot be left out: it lies in no residual block"))
  }

  @Test func filesAreFoundBesideTheRecipe() {
    #expect(
      recipe(.file("a.onnx")).locatingFiles(in: "/models/x/").distillation?.student
        == .file("/models/x/a.onnx"))
    #expect(
      recipe(.file("../a.onnx")).locatingFiles(in: "/models/x").distillation?.student
        == .file("/models/a.onnx"))
    #expect(recipe(.file("/a.onnx")).locatingFiles(in: "/models").distillation?.student == .file("/a.onnx"))
    let here = FileManager.default.currentDirectoryPath
    #expect(recipe(.file("a.onnx")).locatingFiles(in: "").distillation?.student == .file(here + "/a.onnx"))
    #expect(recipe(.width(0.5)).locatingFiles(in: "/models") == recipe(.width(0.5)))
  }
}
