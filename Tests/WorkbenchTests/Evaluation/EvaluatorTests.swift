import Engine
import Formats
import Foundation
import Graph
import Synchronization
import Tensor
import Testing
import Workbench

struct EvaluatorTests {
  private func data(_ bundle: TinyBundle) throws -> Dataset { try Project(bundle.directory).loadData() }

  @Test(arguments: [nil, 1, 7, 64])
  func predictsAsTheDefinitionSays(batch: Int?) throws {
    let bundle = try TinyBundle(batch: batch)
    let data = try data(bundle)
    let expected = try TinyBundle.predictions(TinyBundle.graph(), data)
    let evaluator = try Evaluator(TinyBundle.graph(batch: batch), on: data, threads: 2)
    let result = try evaluator.run()
    #expect(evaluator.predictions == expected)
    #expect(result.isExact)
    #expect(result.samples == TinyBundle.samples)
    #expect(result.correct == zip(expected, data.classLabels).count { Int($0) == $1 })
  }

  @Test func countsLossAlikeFromLogitsAndProbabilities() throws {
    let data = try data(TinyBundle())
    let logits = try Evaluator(TinyBundle.graph(), on: data, threads: 1).run()
    let probabilities = try Evaluator(TinyBundle.graph(softmax: true), on: data, threads: 1).run()
    #expect(abs(logits.loss - probabilities.loss) < 1e-6)
    let scores = try ReferenceEvaluator(TinyBundle.graph()).run(["image": data.samples])["logits"]!
    let rows = scores.array(of: Float.self)
    let expected = data.classLabels.enumerated().map { row, label in
      let values = rows[(3 * row)..<(3 * row + 3)].map { exp(Double($0)) }
      return -log(values[label] / values.reduce(0, +))
    }
    #expect(abs(logits.loss - expected.reduce(0, +) / Double(data.count)) < 1e-6)
  }

  @Test func takesTheFirstOfEqualScores() throws {
    let data = try data(TinyBundle())
    var graph = TinyBundle.graph()
    graph.constants["fc2.weight"] = Tensor([Float](repeating: 0, count: 24), shape: [3, 8])
    graph.constants["fc2.bias"] = Tensor([Float]([1, 2, 2]))
    let evaluator = try Evaluator(graph, on: data, threads: 1)
    try evaluator.run()
    #expect(evaluator.predictions.allSatisfy { $0 == 1 })
  }

  @Test func goesOnWhereItWasStopped() throws {
    let data = try data(TinyBundle())
    let expected = try TinyBundle.predictions(TinyBundle.graph(), data)
    let evaluator = try Evaluator(TinyBundle.graph(), on: data, threads: 1)
    let isStopped = Atomic(false)
    #expect(throws: EngineError.self) {
      try evaluator.run {
        isStopped.load(ordering: .relaxed)
      } progress: { _ in
        isStopped.store(true, ordering: .relaxed)
      }
    }
    #expect(evaluator.evaluation.samples > 0)
    #expect(evaluator.evaluation.samples < data.count)
    try evaluator.run()
    #expect(evaluator.predictions == expected)
  }

  @Test func estimatesGrowToTheExactResult() throws {
    let data = try data(TinyBundle())
    var seen: [Int] = []
    let result = try Evaluator(TinyBundle.graph(), on: data, threads: 2).run(progress: {
      seen.append($0.samples)
    })
    #expect(seen == seen.sorted())
    #expect(seen.count > 2)
    #expect(seen.last == result.total)
  }

  @Test func refusesWhatIsNoClassifier() throws {
    let data = try data(TinyBundle())
    var graph = TinyBundle.graph()
    graph.outputs = [ValueInfo(name: "image", dtype: .float32, dims: nil)]
    let error = #expect(throws: EvaluationError.self) {
      try Evaluator(graph, on: data, threads: 1).run()
    }
    #expect(error?.description.contains("'image'") == true)
    graph.inputs.append(ValueInfo(name: "mask", dtype: .float32, dims: nil))
    #expect(throws: EvaluationError.self) { try Evaluator(graph, on: data, threads: 1) }
  }

  @Test func refusesLabelsBeyondTheClasses() throws {
    let bundle = try TinyBundle()
    var labels = [UInt8](repeating: 0, count: TinyBundle.samples)
    labels[200] = 3
    try AtomicFile.write([0, 0, 8, 1, 0, 0, 0, UInt8(TinyBundle.samples)] + labels, to: bundle.labelsPath)
    let error = #expect(throws: EvaluationError.self) {
      try Evaluator(TinyBundle.graph(), on: try data(bundle), threads: 1).run()
    }
    #expect(error == .label(data: "tiny validation", sample: 200, label: 3, classes: 3))
  }
}
