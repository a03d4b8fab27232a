import Engine
import Formats
import Foundation
import Graph
import Tensor

/// One pass of a graph over a data set, in the data's order. It can be stopped at any time and taken up again
/// where it stopped. Belongs to one thread.
public final class Evaluator {
  /// What is known so far.
  public private(set) var evaluation: Evaluation

  private let runner: SampleRunner
  private let plan: EvaluationPlan
  private let data: Dataset
  private var losses = 0.0
  private var found: [Int32] = []

  /// - Parameters:
  ///   - data: fitted to the graph's input, in the order in which it is to be seen.
  ///   - threads: processor cores to use.
  /// - Throws: `EvaluationError` where the graph is no classifier, `GraphError` where it has an operator that is not
  ///   known.
  public init(_ graph: Graph, on data: Dataset, threads: Int, macs: Int = 0) throws {
    plan = try EvaluationPlan(graph, macs: macs)
    runner = try SampleRunner(graph, threads: threads)
    self.data = data
    found.reserveCapacity(data.count)
    evaluation = Evaluation(samples: 0, total: data.count, correct: 0, loss: 0, seconds: 0)
  }

  /// The predicted class of each sample seen, in the data's order.
  public var predictions: [Int32] { found }

  /// Sees the rest of the samples.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before every operator, from any thread.
  ///   - progress: gets what is known after each batch, on the calling thread.
  /// - Throws: `EngineError.cancelled`; what was seen until then counts.
  @discardableResult
  public func run(
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: (Evaluation) -> Void = { _ in }
  ) throws -> Evaluation {
    let spent = evaluation.seconds
    let clock = ContinuousClock()
    let start = clock.now
    let whole = plan.whole(data.count)
    do {
      try runner.run(
        [plan.input: data.samples], samples: evaluation.samples..<max(whole, evaluation.samples),
        batch: plan.batch, isCancelled: isCancelled
      ) { rows, outputs in
        try count(rows, outputs)
        evaluation.seconds = spent + start.duration(to: clock.now).inSeconds
        progress(evaluation)
      }
      if evaluation.samples < data.count { try runRest(isCancelled) }
    } catch {
      evaluation.seconds = spent + start.duration(to: clock.now).inSeconds
      throw error
    }
    evaluation.seconds = spent + start.duration(to: clock.now).inSeconds
    progress(evaluation)
    return evaluation
  }

  /// The last samples, too few for a graph that takes a fixed number: the last one is repeated to fill it up.
  private func runRest(_ isCancelled: @escaping @Sendable () -> Bool) throws {
    let rest = evaluation.samples..<data.count
    let padded = data.samples.rows(rest).repeatingLast(to: plan.batch)
    try runner.run([plan.input: padded], samples: 0..<plan.batch, batch: plan.batch, isCancelled: isCancelled)
    {
      _, outputs in try count(rest, outputs)
    }
  }

  private func count(_ rows: Range<Int>, _ outputs: [String: Tensor]) throws {
    guard let output = outputs[plan.output] else {
      throw EvaluationError.model(reason: "the model does not give output '\(plan.output)'")
    }
    let scores = try ClassScores(output, named: plan.output, kind: plan.kind)
    guard scores.count >= rows.count else {
      let reason = "has shape \(output.shape) for \(rows.count) samples"
      throw EvaluationError.scores(output: plan.output, reason: reason)
    }
    if evaluation.samples == 0 { try checkLabels(classes: scores.classes) }
    for (row, sample) in rows.enumerated() {
      let label = data.labels[sample]
      let prediction = scores.prediction(row)
      found.append(Int32(prediction))
      if prediction == label { evaluation.correct += 1 }
      losses += scores.loss(row, label: label)
    }
    evaluation.samples += rows.count
    evaluation.loss = losses / Double(evaluation.samples)
  }

  private func checkLabels(classes: Int) throws(EvaluationError) {
    guard let sample = data.labels.firstIndex(where: { $0 >= classes }) else { return }
    throw .label(data: data.name, sample: data.order[sample], label: data.labels[sample], classes: classes)
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension Tensor {
  /// With the last row repeated until there are `count`.
  fileprivate func repeatingLast(to count: Int) -> Tensor {
    let row = byteCount / max(shape[0], 1)
    return Tensor(dtype: dtype, shape: Shape([count] + shape.dims.dropFirst())) { target in
      withUnsafeBytes { source in
        for index in 0..<count {
          let from = min(index, shape[0] - 1) * row
          UnsafeMutableRawBufferPointer(rebasing: target[(index * row)..<((index + 1) * row)])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<(from + row)]))
        }
      }
    }
  }
}
