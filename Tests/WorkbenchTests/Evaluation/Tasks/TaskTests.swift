import Engine
import Formats
import Foundation
import Graph
import Tensor
import Testing
import Workbench

/// Every task on a graph that gives its input back, or that with something changed, so that outputs are known.
struct TaskTests {
  private let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "pare-task-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  /// `y = x · factor`, of `[N, ...dims]`.
  private func graph(_ dims: [Dim], factor: [Float] = [1]) -> Graph {
    Graph(
      inputs: [ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N")] + dims)],
      outputs: [ValueInfo(name: "y", dtype: .float32, dims: nil)],
      nodes: [Node(name: "mul", type: "Mul", inputs: ["x", "factor"], outputs: ["y"])],
      constants: ["factor": Tensor(factor)])
  }

  private func csv(_ text: String, _ task: DataTask?, _ graph: Graph) throws -> Dataset {
    let path = directory + "/data.csv"
    try AtomicFile.write(text, to: path)
    return try Dataset.load(path, DataOptions(task: task, inputs: graph.inputs)).fitted(to: graph.inputs)
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    abs((value ?? .nan) - expected) < 1e-6
  }

  @Test func classificationCountsTheFirstFive() throws {
    let graph = graph([6])
    let data = try csv("6,5,4,3,2,1,0\n6,5,4,3,2,1,4\n6,5,4,3,2,1,5\n", nil, graph)
    let result = try Evaluator(graph, on: data, threads: 1).run()
    #expect(result.task == .classification)
    #expect(result.correct == 1)
    #expect(isNear(result.figures.first?.value, 2.0 / 3))
    #expect(result.figures.map(\.key) == ["top5"])
  }

  @Test func regressionIsThatOfScikitLearn() throws {
    // r2_score([3, -0.5, 2, 7], [2.5, 0, 2, 8]) is 0.948608137..., the mean squared error 0.375.
    let graph = graph([1])
    let data = try csv("2.5,3\n0,-0.5\n2,2\n8,7\n", .regression, graph)
    let result = try Evaluator(graph, on: data, threads: 1).run()
    #expect(isNear(result.score, 0.9486081370449679))
    #expect(result.figures == [Evaluation.Figure("mse", 0.375)])
    #expect(result.interval.contains(result.score))
    #expect(result.interval.lowerBound < result.score)
  }

  @Test func fidelityComparesWithTheModelAsItWas() throws {
    let original = graph([2])
    let changed = graph([2], factor: [1, 0.5])
    let data = try csv("1,3\n4,1\n2,3\n", .fidelity, original)
    let outputs = OriginalOutputs(original, threads: 2)
    for _ in 0..<2 {
      let result = try Evaluator(changed, on: data, threads: 2, original: outputs).run()
      // 1 < 1.5, 4 > 0.5 and 2 > 1.5: one of three is different now.
      #expect(isNear(result.score, 2.0 / 3))
      #expect(result.interval == WilsonInterval.of(correct: 2, samples: 3))
      let (before, after): ([Double], [Double]) = ([1, 3, 4, 1, 2, 3], [1, 1.5, 4, 0.5, 2, 1.5])
      let product = zip(before, after).map { $0 * $1 }.reduce(0, +)
      let (a, b) = (before.map { $0 * $0 }.reduce(0, +), after.map { $0 * $0 }.reduce(0, +))
      let noise = zip(before, after).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
      #expect(isNear(result.figures[0].value, product / (a * b).squareRoot()))
      #expect(isNear(result.figures[1].value, 10 * log10(a / noise)))
    }
    let same = try Evaluator(original, on: data, threads: 1, original: outputs).run()
    #expect(same.score == 1)
    #expect(same.figures.map(\.value) == [1, .infinity])
  }

  @Test func outputsOfOneNumberHaveNoPlaces() throws {
    let original = graph([1])
    let data = try csv("1\n4\n2\n", .fidelity, original)
    let result = try Evaluator(
      graph([1], factor: [0.5]), on: data, threads: 1, original: OriginalOutputs(original, threads: 1)
    ).run()
    #expect(result.headline == "cosine" && result.headlineKey == "cosine")
    #expect(isNear(result.score, 1) && result.interval == result.score...result.score)
    #expect(result.figures.map(\.key) == ["sqnr_db"])
    #expect(isNear(result.figures.first?.value, 20 * 0.3010299956639812))
  }

  @Test func nextTokensAreShiftedByOne() throws {
    // A table whose row for token t is largest at t + 1: right where the text counts up.
    let table: [Float] = [0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0]
    let graph = Graph(
      inputs: [ValueInfo(name: "tokens", dtype: .int64, dims: [.symbol("N"), .symbol("T")])],
      outputs: [ValueInfo(name: "logits", dtype: .float32, dims: nil)],
      nodes: [Node(name: "embed", type: "Gather", inputs: ["table", "tokens"], outputs: ["logits"])],
      constants: ["table": Tensor(table, shape: [4, 4])])
    let path = directory + "/val.npz"
    // numpy.savez_compressed(tokens=uint8 [[0,1,2,3],[0,1,1,1]])
    let bytes = try #require(Data(base64Encoded: Self.tokens))
    try AtomicFile.write([UInt8](bytes), to: path)
    let options = DataOptions(task: .nextToken, inputs: graph.inputs)
    let data = try Dataset.load(path, options).fitted(to: graph.inputs)
    #expect(data.labels?.integers == [1, 2, 3, -100, 1, 1, 1, -100])
    let result = try Evaluator(graph, on: data, threads: 1).run()
    #expect(result.correct == 4)
    #expect(isNear(result.score, 4.0 / 6))
    let sum = exp(2.0) + 3
    let loss = (4 * -log(exp(2.0) / sum) + 2 * -log(1 / sum)) / 6
    #expect(isNear(result.loss, loss))
    #expect(isNear(result.figures.first?.value, exp(loss)))
  }

  private static let tokens =
    "UEsDBC0AAAAIAAAAIQAhv3f9//////////8KABQAdG9rZW5zLm5weQEAEACIAAAAAAAAAE4AAAAAAAAAm+wX6hsQychQxlCt"
    + "npJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjoKJpo6CrUKZAMuBkYmZgZGRkYAUEsBAi0D"
    + "LQAAAAgAAAAhACG/d/1OAAAAiAAAAAoAAAAAAAAAAAAAAIABAAAAAHRva2Vucy5ucHlQSwUGAAAAAAEAAQA4AAAAigAAAAAA"

  @Test func modelsWithoutDataGetRandomInputs() throws {
    let graph = Graph(
      inputs: [
        ValueInfo(name: "tokens", dtype: .int64, dims: [.symbol("N"), .symbol("T")]),
        ValueInfo(name: "x", dtype: .float32, dims: [.symbol("N"), 2]),
        ValueInfo(name: "rate", dtype: .int64, dims: []),
      ],
      nodes: [Node(name: "embed", type: "Gather", inputs: ["table", "tokens"], outputs: ["y"])],
      constants: ["table": Tensor([Float](repeating: 0, count: 14), shape: [7, 2])])
    let data = try RandomInputs.make(for: graph)
    #expect(data.name == "random inputs")
    #expect(data.task == .fidelity)
    #expect(data.inputs["x"]?.shape == [64, 2])
    #expect(Set(data.inputs["tokens"]?.tensor.integers ?? []) == Set(0..<7))
    #expect(data.constants["rate"]?.shape == [])
    #expect(data.contentHash == (try RandomInputs.make(for: graph)).contentHash)
    let x = data.inputs["x"]?.tensor.floats ?? []
    #expect(abs(x.reduce(0, +) / 128) < 0.3)
    #expect(x.contains { $0 < -1 } && x.contains { $0 > 1 })
  }

  @Test func evaluationsSurviveTheHistory() throws {
    let store = try HistoryStore(path: directory + "/history.sqlite")
    let evaluation = Evaluation(
      task: .fidelity, samples: 3, total: 3, correct: 2, loss: .nan, seconds: 1, score: 0.5,
      interval: 0.25...1,
      figures: [Evaluation.Figure("sqnr_db", .infinity)])
    let hash = ContentHash("x")
    let key = ResultKey(model: hash, data: hash, recipe: .empty, task: "fidelity")
    try store.save(evaluation, for: key)
    let found = try #require(try store.result(key))
    #expect(found.task == .fidelity && found.score == 0.5 && found.interval == 0.25...1)
    #expect(found.loss.isNaN && found.figures == evaluation.figures)
    #expect(try store.result(ResultKey(model: hash, data: hash, recipe: .empty)) == nil)
  }
}
