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
  private var shards: TrainingShards
  private let threads: Int
  private let graph: Graph
  private let inputs: [String: (dtype: DType, shape: Shape)]
  private let identity: ContentHash
  private let batch: Int
  private let loss: any DistillationLoss
  private let optimizer: any Optimizer
  private let rate: LearningRate
  private var parameters: [LearningParameter]
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
    self.threads = threads
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
    optimizer = Optimizers.optimizer(for: settings)
    rate = LearningRate(settings, stepsPerEpoch: data.count / batch)
    stopping = settings.patience.map { EarlyStopping(patience: $0) }
    let (optimizer, batch) = (optimizer, batch)
    let learning = student.learning.filter { graph.constants[$0] != nil }
    parameters = learning.sorted().map { name in
      LearningParameter(
        name, graph.constants[name]!, kept: student.kept[name], optimizer: optimizer)
    }
    let count = graph.fixedBatch == nil ? Self.shardCount(batch) : 1
    self.graph = graph
    inputs = Dictionary(
      uniqueKeysWithValues: graph.inputs.map { input in
        let samples = data.inputs[input.name]
        let dims = [batch / count] + (samples?.shape.dims.dropFirst() ?? [])
        return (input.name, (dtype: samples?.dtype ?? .float32, shape: Shape(dims)))
      })
    shards = try Self.shards(
      graph, learning, inputs, threads, statistics: Array(repeating: [:], count: count))
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
    best = constants
    if settings.quantizationDelay == 0 { try beginRounding() }
    try put()
  }

  /// Parts of a batch, of 32 samples or more where it has as many.
  private static func shardCount(_ batch: Int) -> Int {
    [4, 2].first { batch % $0 == 0 && batch / $0 >= 32 } ?? (batch % 2 == 0 && batch >= 8 ? 2 : 1)
  }

  /// - Parameter statistics: of each part, in place of the graph's.
  private static func shards(
    _ graph: Graph, _ learning: Set<String>, _ inputs: [String: (dtype: DType, shape: Shape)], _ threads: Int,
    statistics: [[String: Tensor]]
  ) throws -> TrainingShards {
    let graphs = try statistics.map { own in
      var graph = graph
      graph.constants.merge(own) { $1 }
      return try TrainingGraph(graph, learning: learning, inputs: inputs)
    }
    return TrainingShards(graphs, threads: threads)
  }

  // MARK: Checkpoints

  /// All that it takes to go on from here, between two epochs.
  public var checkpoint: DistillationCheckpoint {
    var tensors: [String: Tensor] = [:]
    for parameter in parameters {
      tensors["values/" + parameter.name] = Tensor(parameter.values)
      if let codes = parameter.codes { tensors["codes/" + parameter.name] = Tensor(codes) }
      for (index, moment) in parameter.state.moments.enumerated() {
        tensors["moments/\(index)/" + parameter.name] = Tensor(moment)
      }
    }
    for (index, graph) in shards.graphs.enumerated() {
      let constants = graph.trained().constants
      for name in Self.statisticsNames(student.simulated) {
        tensors["statistics/\(index)/" + name] = constants[name]
      }
    }
    for (name, tensor) in best { tensors["best/" + name] = tensor }
    let steps = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.state.steps) })
    return DistillationCheckpoint(
      identity: identity, reports: reports, step: step, steps: steps, tensors: tensors)
  }

  /// Goes on from a checkpoint, to the same bits as if nothing had come between.
  ///
  /// - Throws: `DistillationCheckpoint.Mismatch` where it is of another training.
  public func restore(_ checkpoint: DistillationCheckpoint) throws {
    guard checkpoint.identity == identity else { throw DistillationCheckpoint.Mismatch() }
    func numbers(_ name: String) throws -> [Float] {
      guard let tensor = checkpoint.tensors[name], tensor.dtype == .float32 else {
        throw DistillationCheckpoint.Mismatch()
      }
      return tensor.floats
    }
    for index in parameters.indices {
      let parameter = parameters[index]
      let moments = try parameter.state.moments.indices.map { try numbers("moments/\($0)/" + parameter.name) }
      let values = try numbers("values/" + parameter.name)
      let codes = checkpoint.tensors["codes/" + parameter.name]?.array(of: Int32.self)
      guard (codes ?? [Int32]()).count == (codes == nil ? 0 : parameter.shape.count),
        codes != nil || values.count == parameter.shape.count,
        moments.allSatisfy({ $0.count == values.count })
      else { throw DistillationCheckpoint.Mismatch() }
      parameters[index].restore(
        values, OptimizerState(steps: checkpoint.steps[parameter.name] ?? checkpoint.step, moments: moments),
        codes: codes,
        rounding: checkpoint.reports.count > settings.quantizationDelay || settings.quantizationDelay == 0
          ? student.roundings[parameter.name] : nil)
    }
    let statistics = shards.graphs.indices.map { shard in
      checkpoint.tensors(under: "statistics/\(shard)/")
    }
    shards = try Self.shards(graph, Set(parameters.map(\.name)), inputs, threads, statistics: statistics)
    try put()
    best = checkpoint.tensors(under: "best/")
    reports = checkpoint.reports
    step = checkpoint.step
    stopping = settings.patience.map { EarlyStopping(patience: $0) }
    for report in reports { _ = stopping?.record(report.score) }
  }

  /// Goes on where another training of the same student has got to, in the middle of an epoch too, with these settings in
  /// place of its.
  func takeOver(from other: Distiller) throws {
    precondition(parameters.map(\.name) == other.parameters.map(\.name))
    parameters = other.parameters
    let statistics = Array(repeating: other.statistics, count: shards.graphs.count)
    shards = try Self.shards(graph, Set(parameters.map(\.name)), inputs, threads, statistics: statistics)
    try put()
    best = other.best
    reports = other.reports
    let steps = data.count / batch
    begun = min(Int((other.position - Double(reports.count)) * Double(steps)), steps - 1)
    step = reports.count * steps + begun
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
      try beginRounding()
      try put()
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
    let constants = constants
    let score = try measure(constants)
    let isBest = reports.allSatisfy { $0.score < score }
    if isBest { best = constants }
    _ = stopping?.record(score)
    let report = EpochReport(
      epoch: reports.count + 1, loss: sums.loss, hard: sums.hard, soft: sums.soft,
      trainAccuracy: sums.accuracy, score: score, seconds: seconds, isBest: isBest)
    reports.append(report)
    return report
  }

  /// One step: the parts of a batch forward and back on several threads, their gradients added in order, and the
  /// parameters moved.
  private func train(_ rows: [Int], stepOfEpoch: Int, _ sums: inout EpochSums) throws -> LossTerms {
    let count = shards.graphs.count
    let part = rows.count / count
    let results = ShardResults(count: count)
    let (data, teacher, output, loss) = (data, teacher, output.name, loss)
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
      let (terms, gradient) = try loss.evaluate(batch)
      try graph.backward([output: gradient])
      results.set(index, terms, EpochSums.right(logits, batch.targets))
    }
    let learningRate = rate.rate(at: step)
    let squares = gather()
    let norm = squares.squareRoot()
    let terms = results.mean
    try TrainingDivergence.check(
      loss: terms.total, gradientNorm: norm, epoch: reports.count + 1, step: stepOfEpoch,
      learningRate: learningRate, settings: settings)
    let factor = settings.clippingNorm.map { GradientClipping.factor(norm: norm, limit: $0) } ?? 1
    for index in parameters.indices {
      parameters[index].step(optimizer, learningRate: learningRate, factor: factor)
    }
    try put()
    step += 1
    sums.count(results.right)
    return terms
  }

  /// From now on weights are rounded as the recipe will do it.
  private func beginRounding() throws {
    for index in parameters.indices {
      guard let rounding = student.roundings[parameters[index].name] else { continue }
      try parameters[index].begin(rounding, optimizer: optimizer)
    }
  }

  /// Adds up the gradients of the parts, and gives each parameter its mean.
  ///
  /// - Returns: the sum of the squares of all.
  private func gather() -> Double {
    let share = 1 / Float(shards.graphs.count)
    var squares = 0.0
    for index in parameters.indices {
      let name = parameters[index].name
      squares += shards.graphs[0].withGradient(name) { total in
        for other in shards.graphs.dropFirst() {
          other.withGradient(name) { part in
            for index in 0..<total.count { total[index] += part[index] }
          }
        }
        if shards.graphs.count > 1 {
          for index in 0..<total.count { total[index] *= share }
        }
        return parameters[index].take(total)
      }
    }
    return squares
  }

  /// Writes the parameters, rounded where that is simulated, into all graphs.
  private func put() throws {
    for parameter in parameters {
      let tensor = try parameter.simulated()
      for graph in shards.graphs {
        graph.withParameter(parameter.name) { target in
          tensor.withElements(of: Float.self) { source in
            _ = target.update(fromContentsOf: source)
          }
        }
      }
    }
  }

  /// The student's constants as they are: parameters, and running statistics, of which the parts have each their own.
  private var constants: [String: Tensor] {
    var result = statistics
    for parameter in parameters { result[parameter.name] = parameter.tensor }
    return result
  }

  /// Running statistics that moved: the mean of those of the parts.
  private var statistics: [String: Tensor] {
    let trained = shards.graphs.map { $0.trained() }
    let names = Set(parameters.map(\.name))
    var result: [String: Tensor] = [:]
    for name in Self.statisticsNames(student.simulated) where !names.contains(name) {
      let all = trained.compactMap { $0.constants[name]?.floats }
      guard let first = all.first, all.count == trained.count else { continue }
      let mean = first.indices.map { index in
        Float(all.reduce(0) { $0 + Double($1[index]) } / Double(all.count))
      }
      result[name] = Tensor(mean, shape: [mean.count])
    }
    return result
  }

  private static func statisticsNames(_ graph: Graph) -> [String] {
    graph.nodes.filter { $0.type == BatchNormalization.type }.flatMap { node in
      [node.input(3), node.input(4)].compactMap { $0 }
    }
  }

  /// The samples of an epoch: shuffled (Knuth, TAOCP 2, 3.4.2, algorithm P) by numbers that depend on the seed and the
  /// epoch alone, so that any epoch can be begun at.
  static func order(_ count: Int, seed: Int, epoch: Int) -> [Int] {
    var order = Array(0..<count)
    var random = SplitMix64(seed: UInt64(bitPattern: Int64(seed)) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(epoch))
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, random.next(below: index + 1))
    }
    return order
  }
}
