import Compression
import Engine
import Formats
import Foundation
import Graph
import Tensor

/// Trains a student by its teacher, epoch by epoch. The same recipe, model, data and seed give the same bits, on any number
/// of cores. Belongs to one thread.
public final class Distiller {
  /// What was done so far, in the order of the epochs.
  public private(set) var reports: [EpochReport] = []
  /// Epochs that there will be, if nothing ends it before.
  public var epochs: Int { settings.epochs }
  /// The best weights so far, as constants of the student; those that it began with before the first epoch.
  public private(set) var best: [String: Tensor]
  /// Whether it has ended: all epochs are done, or nothing became better for long enough.
  public var isOver: Bool {
    reports.count >= settings.epochs || (stopping?.isOver ?? false)
  }

  /// What the last batch came to; nil before the first.
  public private(set) var lastLosses: LossTerms?
  /// Epochs since the beginning, with the part of the one that is going on.
  var position: Double { Double(step) / Double(max(data.count / batch, 1)) }

  public let student: DistillationStudent
  let settings: DistillationSettings
  private let data: Dataset
  private let teacher: Tensor?
  private let output: TrainingOutput
  private let weights: StudentWeights
  private let matches: ActivationMatches?
  private let identity: ContentHash
  private let batch: Int
  private let loss: any DistillationLoss
  private let rate: LearningRate
  private var stopping: EarlyStopping?
  private var step = 0
  /// Steps of the next epoch that another training has taken.
  private var begun = 0

  /// - Parameters:
  ///   - data: to train by, fitted to the graph's inputs.
  ///   - teacher: the model as it was.
  ///   - threads: processor cores to use.
  ///   - cacheDirectory: where what the teacher says is kept; nil for nowhere.
  /// - Throws: `EvaluationError`, `EngineError`, `GraphError` or `CompressionError` where it cannot be trained.
  public init(
    _ student: DistillationStudent, by teacher: Graph, on data: Dataset, settings: DistillationSettings,
    threads: Int, cacheDirectory: String? = TeacherLogits.standardDirectory,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.student = student
    self.settings = settings
    self.data = data
    let output = try TrainingOutput(student.simulated, judged: data.output)
    let graph = output.only(student.simulated.fixing(data.constants))
    self.output = output
    batch = graph.fixedBatch ?? min(settings.batchSize, data.count)
    guard data.count >= batch else {
      throw EvaluationError.model(
        reason: "the model takes \(batch) samples at a time, and there are only \(data.count) to train by")
    }
    loss = DistillationLosses.loss(for: settings)
    if loss.needsTargets, data.labels == nil {
      throw EvaluationError.model(
        reason: "the training data has no labels; set alpha to 1, so that the teacher alone is followed")
    }
    rate = LearningRate(settings, stepsPerEpoch: data.count / batch)
    stopping = settings.patience.map { EarlyStopping(patience: $0) }
    let count = graph.fixedBatch == nil ? Self.shardCount(batch, of: graph) : 1
    let part = batch / count
    let inputs = Self.inputs(of: graph, data, samples: part)
    matches =
      settings.matches.isEmpty
      ? nil
      : try ActivationMatches(
        settings, student: student.simulated, teacher: teacher.fixing(data.constants), inputs: inputs,
        parts: count)
    weights = try StudentWeights(
      graph, learning: student.learning.filter { graph.constants[$0] != nil }, kept: student.kept,
      ranges: student.learnedRanges,
      inputs: inputs, keeps: matches?.studentNames ?? [], parts: count, threads: threads, settings: settings)
    try matches?.begin(weights.shards.graphs[0])
    best = [:]
    var described = Recipe()
    described.distillation = settings
    identity = ContentHash([
      student.simulated.contentHash, teacher.contentHash, data.contentHash,
      ContentHash(described.json(pretty: false)), ContentHash(student.quantization.json(pretty: false)),
    ])
    if loss.needsTeacher {
      let plain = try TrainingOutput(teacher, judged: data.output)
      self.teacher =
        try TeacherLogits(
          plain.only(teacher), output: plain.name, on: data, batch: teacher.fixedBatch ?? 50,
          threads: threads,
          directory: cacheDirectory, isCancelled: isCancelled
        ).tensor
    } else {
      self.teacher = nil
    }
    best = weights.constants
    if settings.quantizationDelay == 0 {
      try weights.beginRounding(student.roundings, learnsScales: settings.learnsScales)
    } else {
      try weights.put()
    }
  }

  /// Type and shape of the inputs for some samples.
  private static func inputs(of graph: Graph, _ data: Dataset, samples count: Int) -> [String: (
    dtype: DType, shape: Shape
  )] {
    Dictionary(
      uniqueKeysWithValues: graph.inputs.map { input in
        let samples = data.inputs[input.name]
        let dims = [count] + (samples?.shape.dims.dropFirst() ?? [])
        return (input.name, (dtype: samples?.dtype ?? .float32, shape: Shape(dims)))
      })
  }

  /// Parts of a batch, of 32 samples or more where it has as many. Batch normalisation takes the statistics of a part, which
  /// are the worse the smaller it is.
  private static func shardCount(_ batch: Int, of graph: Graph) -> Int {
    let counts = graph.nodes.contains { $0.type == BatchNormalization.type } ? [2] : [4, 2]
    return counts.first { batch % $0 == 0 && batch / $0 >= 32 } ?? (batch % 2 == 0 && batch >= 8 ? 2 : 1)
  }

  // MARK: Checkpoints

  /// All that it takes to go on from here, between two epochs.
  public var checkpoint: DistillationCheckpoint {
    var tensors = weights.tensors
    if let matches { tensors.merge(matches.tensors) { $1 } }
    for (name, tensor) in best { tensors["best/" + name] = tensor }
    return DistillationCheckpoint(
      identity: identity, reports: reports, step: step, steps: weights.steps, tensors: tensors)
  }

  /// Goes on from a checkpoint, to the same bits as if nothing had come between.
  ///
  /// - Throws: `DistillationCheckpoint.Mismatch` where it is of another training.
  public func restore(_ checkpoint: DistillationCheckpoint) throws {
    guard checkpoint.identity == identity else { throw DistillationCheckpoint.Mismatch() }
    let isRounding = settings.quantizationDelay == 0 || checkpoint.reports.count > settings.quantizationDelay
    try weights.restore(checkpoint, roundings: isRounding ? student.roundings : [:])
    try matches?.restore(checkpoint)
    best = checkpoint.tensors(under: "best/")
    recall(checkpoint.reports)
    step = checkpoint.step
  }

  /// Goes on where another training of the same student has got to, in the middle of an epoch too, with these settings in
  /// place of its.
  func takeOver(from other: Distiller) throws {
    try weights.takeOver(from: other.weights)
    if let matches, let others = other.matches { matches.takeOver(from: others) }
    best = other.best
    recall(other.reports)
    let steps = data.count / batch
    begun = min(Int((other.position - Double(reports.count)) * Double(steps)), steps - 1)
    step = reports.count * steps + begun
  }

  /// Makes these what was done so far.
  private func recall(_ reports: [EpochReport]) {
    self.reports = reports
    stopping = settings.patience.map { EarlyStopping(patience: $0) }
    for report in reports { _ = stopping?.record(report.score) }
  }

  // MARK: Training

  /// Trains for one epoch.
  ///
  /// - Parameters:
  ///   - isCancelled: asked before every batch; true ends it without a report, and the epoch begins anew after `restore`.
  ///   - measure: the headline of the student with these constants.
  ///   - progress: gets how many of the epoch's batches are done, and the mean loss so far.
  /// - Throws: `TrainingDivergence`, `EngineError.cancelled`, or what a step throws.
  @discardableResult
  public func epoch(
    isCancelled: () -> Bool = { false }, measure: ([String: Tensor]) throws -> Double,
    progress: (Int, Int, Double) -> Void = { _, _, _ in }
  ) throws -> EpochReport {
    let clock = ContinuousClock()
    let start = clock.now
    if reports.count == settings.quantizationDelay, reports.count > 0, begun == 0 {
      try weights.beginRounding(student.roundings, learnsScales: settings.learnsScales)
    }
    let order = Self.order(data.count, seed: settings.seed, epoch: reports.count)
    let steps = data.count / batch
    var sums = EpochSums()
    let first = begun
    begun = 0
    for index in first..<steps {
      if isCancelled() { throw EngineError.cancelled }
      let rows = Array(order[index * batch..<(index + 1) * batch])
      let terms = try train(rows, stepOfEpoch: index + 1, &sums)
      sums.add(terms)
      lastLosses = terms
      progress(index + 1, steps, sums.loss)
    }
    let seconds = start.duration(to: clock.now).inSeconds
    let constants = weights.constants
    let score = try measure(constants)
    let isBest = reports.allSatisfy { $0.score < score }
    if isBest { best = constants }
    _ = stopping?.record(score)
    let report = EpochReport(
      epoch: reports.count + 1, loss: sums.loss, hard: sums.hard, soft: sums.soft, matched: sums.matched,
      trainAccuracy: sums.accuracy, score: score, seconds: seconds, isBest: isBest)
    reports.append(report)
    return report
  }

  /// One step: the parts of a batch forward and back on several threads, their gradients added in order, and the
  /// parameters moved.
  private func train(_ rows: [Int], stepOfEpoch: Int, _ sums: inout EpochSums) throws -> LossTerms {
    if let masks = student.masks, masks.renews(at: step, of: totalSteps) {
      let graph = student.carrying(weights.unroundedConstants)
      try weights.prune(try masks.masks(of: graph, at: step, of: totalSteps))
    }
    let shards = weights.shards
    let part = rows.count / shards.graphs.count
    let results = ShardResults(count: shards.graphs.count)
    let (data, teacher, output, loss, matches) = (data, teacher, output.name, loss, matches)
    try shards.run { index, graph in
      let own = Array(rows[index * part..<(index + 1) * part])
      let inputs = data.inputs.mapValues { $0.gathered(own).tensor }
      let outputs = try graph.forward(inputs, isTraining: true)
      guard let logits = outputs[output] else {
        throw EvaluationError.model(reason: "the model does not give output '\(output)'")
      }
      let batch = LossBatch(
        student: logits, teacher: teacher?.gatheringRows(own), targets: data.labels?.gatheringRows(own),
        firstSample: own[0])
      let (plain, gradient) = try loss.evaluate(batch)
      var (terms, gradients) = (plain, [output: gradient])
      if let matches {
        let matched = try matches.evaluate(part: index, student: outputs, inputs)
        terms.add(matched: matched.loss)
        // The output itself may be matched.
        gradients.merge(matched.gradients) { $0.adding($1) }
      }
      try graph.backward(gradients)
      results.set(index, terms, EpochSums.right(logits, batch.targets))
    }
    let learningRate = rate.rate(at: step)
    let norm = (try weights.gather() + (matches?.gather() ?? 0)).squareRoot()
    let terms = results.mean
    try TrainingDivergence.check(
      loss: terms.total, gradientNorm: norm, epoch: reports.count + 1, step: stepOfEpoch,
      learningRate: learningRate, settings: settings)
    let factor = settings.clippingNorm.map { GradientClipping.factor(norm: norm, limit: $0) } ?? 1
    try weights.step(learningRate: learningRate, factor: factor)
    matches?.step(learningRate: learningRate, factor: factor)
    step += 1
    sums.count(results.right)
    return terms
  }

  /// Of the whole training.
  private var totalSteps: Int { settings.epochs * (data.count / batch) }

  /// The samples of an epoch: shuffled by numbers that depend on the seed and the epoch alone, so that any epoch can be begun
  /// at.
  static func order(_ count: Int, seed: Int, epoch: Int) -> [Int] {
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(epoch))
    return random.permutation(count)
  }
}

extension Tensor {
  /// The sums of the elements of two float32 tensors of one shape.
  fileprivate func adding(_ other: Tensor) -> Tensor {
    withElements(of: Float.self) { own in
      other.withElements(of: Float.self) { others in
        Tensor(of: Float.self, shape: shape) { target in
          for index in own.indices { target[index] = own[index] + others[index] }
        }
      }
    }
  }
}
