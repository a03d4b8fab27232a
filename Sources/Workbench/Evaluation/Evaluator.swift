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
  private let original: OriginalOutputs?
  private let threads: Int
  private var measure: any TaskMeasure
  private var changeComparison: PairedComparison?
  private var stepComparison: PairedComparison?

  /// - Parameters:
  ///   - data: fitted to the graph's inputs, in the order in which it is to be seen.
  ///   - threads: processor cores to use.
  ///   - macs: multiply-accumulates of one sample; 0 where that is not known.
  ///   - original: the model as it was, which fidelity compares with.
  ///   - references: what models scored that this one is compared with.
  ///   - cache: what evaluations on the same data leave each other.
  ///   - keepsAll: leave there all that there is room for, not only what was met before.
  /// - Throws: `EvaluationError` where the graph does not fit the data's task, `GraphError` where it has an operator
  ///   that is not known.
  public init(
    _ graph: Graph, on data: Dataset, threads: Int, macs: Int = 0, original: OriginalOutputs? = nil,
    references: References = References(), cache: ActivationCache? = nil, keepsAll: Bool = false
  ) throws {
    let graph = graph.fixing(data.constants)
    plan = try EvaluationPlan(graph, on: data, macs: macs)
    runner = try SampleRunner(graph, threads: threads, cache: cache, keepsAll: keepsAll)
    measure = TaskMeasures.make(for: data, kind: plan.kind)
    self.data = data
    self.original = original
    self.threads = threads
    changeComparison = references.original.map { PairedComparison(with: $0, total: data.count) }
    stepComparison = references.previous.map { PairedComparison(with: $0, total: data.count) }
    evaluation = measure.result
    evaluation.total = data.count
  }

  /// What other models scored on all samples, in the data's order.
  public struct References: Sendable {
    /// The model as it was.
    public var original: SampleShares?
    /// The setting before.
    public var previous: SampleShares?

    public init(original: SampleShares? = nil, previous: SampleShares? = nil) {
      self.original = original
      self.previous = previous
    }
  }

  /// What of each sample seen is right, in the data's order; empty for tasks without right and wrong.
  public var shares: SampleShares { measure.shares }

  /// The predicted class of each sample seen, in the data's order; empty for other tasks.
  public var predictions: [Int32] { measure.predictions }

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
      while evaluation.samples < whole {
        let part = evaluation.samples..<min(evaluation.samples + samplesAtOnce, whole)
        try run(data.inputs, part, isCancelled) {
          evaluation.seconds = spent + start.duration(to: clock.now).inSeconds
          progress(evaluation)
        }
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

  /// All samples, but where the model as it was has to run on the same ones in turn, and where outputs are so large
  /// that threads must not run far ahead of who reads them.
  private var samplesAtOnce: Int {
    [.fidelity, .nextToken].contains(data.task) ? 4 * threads * plan.batch : data.count
  }

  private func run(
    _ inputs: [String: Samples], _ range: Range<Int>, _ isCancelled: @escaping @Sendable () -> Bool,
    progress: () -> Void
  ) throws {
    let before = try originals(inputs, range, from: 0, isCancelled)
    try runner.run(inputs, samples: range, batch: plan.batch, isCancelled: isCancelled) { rows, outputs in
      try add(rows, outputs, before?[rows])
      progress()
    }
  }

  /// The last samples, too few for a graph that takes a fixed number: the last one is repeated to fill it up.
  private func runRest(_ isCancelled: @escaping @Sendable () -> Bool) throws {
    let rest = evaluation.samples..<data.count
    let padded = data.inputs.mapValues { $0.part(rest).repeatingLast(to: plan.batch) }
    let before = try originals(padded, 0..<plan.batch, from: rest.lowerBound, isCancelled)
    try runner.run(
      padded, samples: 0..<plan.batch, batch: plan.batch, isCached: false, isCancelled: isCancelled
    ) { rows, outputs in
      try add(rest, outputs, before?[rows])
    }
  }

  private func originals(
    _ inputs: [String: Samples], _ range: Range<Int>, from first: Int,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Range<Int>: Tensor]? {
    guard data.task == .fidelity else { return nil }
    return try original?.outputs(
      inputs, data.constants, samples: range, from: first, batch: plan.batch, output: plan.output,
      isCancelled: isCancelled)
  }

  private func add(_ rows: Range<Int>, _ outputs: [String: Tensor], _ reference: Tensor?) throws {
    guard let output = outputs[plan.output] else {
      throw EvaluationError.model(reason: "the model does not give output '\(plan.output)'")
    }
    try measure.add(
      JudgedBatch(
        name: plan.output, output: output, reference: reference, labels: data.labels?.rows(rows),
        count: rows.count))
    let (samples, seconds) = (evaluation.samples + rows.count, evaluation.seconds)
    evaluation = measure.result
    evaluation.samples = samples
    evaluation.total = data.count
    evaluation.seconds = seconds
    compare()
  }

  /// Sets the score beside those of the references, and takes the narrowest interval there is.
  private func compare() {
    changeComparison?.add(measure.shares)
    stepComparison?.add(measure.shares)
    evaluation.change = changeComparison?.change
    evaluation.step = stepComparison?.change
    if evaluation.isExact { return }
    for comparison in [changeComparison, stepComparison] {
      if let score = comparison?.score { evaluation.take(ifNarrower: score) }
    }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
