import Compression
import Engine
import Graph
import Tensor
import Testing

@Suite struct FittedModelTests {
  /// A dense layer from 4 to some outputs.
  private func dense(
    _ input: String, _ output: String, inputs: Int = 4, outputs: Int = 3, samples: Dim = .symbol("N"),
    hidden: String = "h"
  ) throws -> Model {
    var random = SplitMix(seed: 41)
    return try Model(
      Graph(
        name: "dense", inputs: [ValueInfo(name: input, dtype: .float32, dims: [samples, Dim(inputs)])],
        outputs: [ValueInfo(name: output, dtype: .float32, dims: nil)],
        nodes: [
          Node(name: "fc", type: "MatMul", inputs: [input, "fc.weight"], outputs: [hidden]),
          Node(name: "relu", type: "Relu", inputs: [hidden], outputs: [output]),
        ], constants: ["fc.weight": random.normal([inputs, outputs])]))
  }

  private func message(_ student: Model, _ teacher: Model, output: String? = nil) throws -> String {
    try #require(throws: StudentMismatch.self) { try student.fitted(to: teacher, output: output) }.description
  }

  @Test func takesTheTeachersNames() throws {
    let teacher = try dense("x", "y")
    // The student has other values of those names.
    let student = try dense("image", "logits", hidden: "y")
    let fitted = try student.fitted(to: teacher)
    #expect(fitted.graph.inputs.map(\.name) == ["x"] && fitted.graph.outputs.map(\.name) == ["y"])
    let x = Tensor([1, 2, 3, 4] as [Float], shape: [1, 4])
    let own = try ReferenceEvaluator(student.graph).run(["image": x])["logits"]!.floats
    #expect(try ReferenceEvaluator(fitted.graph).run(["x": x])["y"]!.floats == own)
    let swapped = try dense("y", "x").fitted(to: teacher)
    #expect(try ReferenceEvaluator(swapped.graph).run(["x": x])["y"]!.floats == own)
  }

  @Test func samplesMayBeFixed() throws {
    let (free, fixed) = (try dense("x", "y"), try dense("x", "y", samples: 8))
    #expect(try fixed.fitted(to: free).fixedBatch == 8)
    #expect(try free.fitted(to: fixed).fixedBatch == nil)
    #expect(try dense("x", "y", samples: 2).fitted(to: fixed).fixedBatch == 2)
  }

  @Test func theOutputThatIsJudgedComesFirst() throws {
    let teacher = try dense("x", "y")
    var graph = teacher.graph
    graph.outputs.insert(ValueInfo(name: "h", dtype: .float32, dims: nil), at: 0)
    let student = try Model(graph)
    #expect(try student.fitted(to: teacher).graph.outputs.map(\.name) == ["y", "h"])
    #expect(try student.fitted(to: student, output: "y").graph.outputs.map(\.name) == ["y", "h"])
    #expect(try student.fitted(to: student).graph.outputs.map(\.name) == ["h", "y"])
    #expect(
      try message(student, try dense("x", "z")) == "gives 'h', 'y', and the teacher is judged by 'z'")
  }

  @Test func refusesOtherShapes() throws {
    let teacher = try dense("x", "y")
    #expect(
      try message(try dense("a", "y", inputs: 5), teacher)
        == "takes 'a' as float32 ?·5, and the teacher as float32 ?·4")
    #expect(
      try message(try dense("x", "b", outputs: 7), teacher)
        == "gives 'b' as float32 1·7, and the teacher as float32 1·3")
    var graph = teacher.graph
    graph.inputs.append(ValueInfo(name: "rate", dtype: .int64, dims: []))
    #expect(try message(teacher, try Model(graph)) == "takes 'x', and the teacher takes 'x', 'rate'")
    graph = teacher.graph
    graph.inputs[0].dims = [.symbol("N"), 2, 4]
    #expect(
      try message(try Model(graph), teacher) == "takes 'x' as float32 ?·2·4, and the teacher as float32 ?·4")
    (graph.inputs, graph.outputs, graph.nodes) = ([], [], [])
    #expect(try message(try Model(graph), teacher) == "takes nothing, and the teacher takes 'x'")
  }

  @Test func aSampleIsARow() throws {
    let teacher = try dense("x", "y")
    var graph = try dense("x", "z").graph
    graph.constants["shape"] = Tensor([-1, 1] as [Int64])
    graph.nodes.append(Node(name: "flat", type: "Reshape", inputs: ["z", "shape"], outputs: ["y"]))
    graph.outputs[0].name = "y"
    #expect(
      try message(try Model(graph), teacher) == "gives 'y' as float32 3·1, and the teacher as float32 1·3")
    #expect(
      try message(try dense("x", "y", outputs: 7, samples: 8), teacher)
        == "gives 'y' as float32 1·7, and the teacher as float32 1·3")
  }

  @Test func refusesWhatNobodyKnows() throws {
    let teacher = try dense("x", "y")
    var graph = teacher.graph
    graph.nodes[1].type = OperatorType("Strange", domain: "elsewhere")
    #expect(try message(try Model(graph), teacher) == "gives 'y' of a shape that is not known")
  }
}
