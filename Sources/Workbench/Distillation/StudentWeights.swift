import Compression
import Engine
import Graph
import Tensor

/// The constants of a student that learn, and the graphs that learn them, each from a part of every batch. A step of all of
/// them uses several threads; how many does not change a bit.
///
/// Unchecked, because its jobs work on parts of parameters that do not overlap, and a run of jobs ends before the next.
final class StudentWeights: @unchecked Sendable {
  private(set) var parameters: [LearningParameter]
  private(set) var shards: TrainingShards
  private let maker: GraphMaker
  private let threads: Int
  private let optimizers: (weights: any Optimizer, scales: any Optimizer)
  /// Parts of parameters, in the order in which sums over all of them are made.
  private var parts: [(parameter: LearningParameter, range: Range<Int>)] = []

  /// Below so many numbers a step is over before other threads have begun.
  private static let leastParallel = 1 << 14

  /// - Parameters:
  ///   - graph: what is trained, with a constant for each name in `learning`.
  ///   - ranges: the scales of activations among what learns.
  ///   - inputs: type and shape of the inputs of a part of a batch.
  ///   - keeps: values that are read, or given gradients for, beside the outputs.
  ///   - parts: of a batch.
  init(
    _ graph: Graph, learning: Set<String>, kept: [String: [Bool]],
    ranges: LearnedRanges = LearnedRanges(),
    inputs: [String: (dtype: DType, shape: Shape)], keeps: Set<String>, parts: Int, threads: Int,
    settings: DistillationSettings
  ) throws {
    maker = GraphMaker(
      graph: graph, learning: learning, inputs: inputs, keeps: keeps, quantizers: ranges.integers)
    self.threads = threads
    var scales = settings
    // A scale that decays makes weights small that have not learned to be.
    scales.weightDecay = 0
    optimizers = (Optimizers.optimizer(for: settings), Optimizers.optimizer(for: scales))
    let weights = optimizers.weights
    parameters = learning.sorted().compactMap { name in
      graph.constants[name].map {
        LearningParameter(
          name, $0, kept: kept[name], scaleFactor: ranges.factor(name), optimizer: weights)
      }
    }
    shards = TrainingShards(
      try maker.graphs(statistics: Array(repeating: [:], count: parts)), threads: threads)
    layOut()
  }

  /// Makes the graphs anew.
  private func renew(statistics: [[String: Tensor]]) throws {
    shards = TrainingShards(try maker.graphs(statistics: statistics), threads: threads)
    layOut()
  }

  private func layOut() {
    parts = parameters.flatMap { parameter in parameter.parts.map { (parameter, $0) } }
  }

  /// Writes all parameters, rounded where that is simulated, into the graphs.
  func put() throws {
    for parameter in parameters { try parameter.put(into: shards.graphs[0]) }
  }

  // MARK: A step

  /// Takes the gradients that the graphs have.
  ///
  /// - Returns: the sum of their squares.
  func gather() throws -> Double {
    let sums = PartSums(count: parts.count)
    try run(parts.count) { [self] index in
      let (parameter, range) = parts[index]
      sums.set(index, parameter.gather(range, of: shards.graphs))
    }
    return sums.total
  }

  /// Moves all parameters by the gradients that were taken, and writes them into the graphs.
  ///
  /// - Parameter factor: what gradients are multiplied by.
  func step(learningRate: Double, factor: Double) throws {
    try run(parts.count) { [self] index in
      let (parameter, range) = parts[index]
      parameter.step(range, of: shards.graphs[0], optimizers, learningRate: learningRate, factor: factor)
    }
    for parameter in parameters { parameter.finishStep() }
    let rounded = parameters.filter(\.isRoundedAsAWhole)
    try run(rounded.count) { [self] in try rounded[$0].put(into: shards.graphs[0]) }
  }

  private func run(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let size = parameters.reduce(0) { $0 + $1.shape.count }
    try ParallelJobs.run(count, threads: size < Self.leastParallel ? 1 : threads, body)
  }

  // MARK: What changes between steps

  /// From now on weights are rounded as the recipe will do it.
  func beginRounding(_ roundings: [String: WeightRounding], learnsScales: Bool) throws {
    for parameter in parameters {
      guard let rounding = roundings[parameter.name] else { continue }
      try parameter.begin(rounding, learnsScales: learnsScales, optimizer: optimizers.weights)
    }
    layOut()
    try put()
  }

  /// Prunes by new masks; parameters without one are whole.
  func prune(_ masks: [String: [Bool]]) throws {
    for parameter in parameters { parameter.prune(masks[parameter.name]) }
    try put()
  }

  /// The student's constants as they are: parameters, and running statistics, of which the parts have each their own.
  var constants: [String: Tensor] {
    var result = statistics
    for parameter in parameters { result[parameter.name] = parameter.tensor }
    return result
  }

  /// The same without rounding.
  var unroundedConstants: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.unrounded) })
  }

  /// Running statistics that moved: the mean of those of the parts.
  private var statistics: [String: Tensor] {
    let trained = shards.graphs.map { $0.trained() }
    var result: [String: Tensor] = [:]
    for name in maker.graph.statisticsNames where !maker.learning.contains(name) {
      let all = trained.compactMap { $0.constants[name]?.floats }
      guard let first = all.first, all.count == trained.count else { continue }
      let mean = first.indices.map { index in
        Float(all.reduce(0) { $0 + Double($1[index]) } / Double(all.count))
      }
      result[name] = Tensor(mean, shape: [mean.count])
    }
    return result
  }

  // MARK: Checkpoints

  /// All that it takes to go on from here, by names that `restore` knows.
  var tensors: [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for parameter in parameters {
      for (kind, tensor) in parameter.tensors { tensors["\(kind)/\(parameter.name)"] = tensor }
    }
    for (index, graph) in shards.graphs.enumerated() {
      let constants = graph.trained().constants
      for name in maker.graph.statisticsNames { tensors["statistics/\(index)/\(name)"] = constants[name] }
    }
    return tensors
  }

  /// Steps that the optimizer counts, by parameter.
  var steps: [String: Int] { Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.steps) }) }

  /// - Parameter roundings: by name; none where nothing is rounded yet.
  /// - Throws: `DistillationCheckpoint.Mismatch` where the tensors are others.
  func restore(_ checkpoint: DistillationCheckpoint, roundings: [String: WeightRounding]) throws {
    for parameter in parameters {
      let tail = "/" + parameter.name
      var own: [String: Tensor] = [:]
      for (name, tensor) in checkpoint.tensors where name.hasSuffix(tail) {
        own[String(name.dropLast(tail.count))] = tensor
      }
      guard
        try parameter.restore(
          own, steps: checkpoint.steps[parameter.name] ?? checkpoint.step,
          rounding: roundings[parameter.name],
          optimizer: optimizers.weights)
      else { throw DistillationCheckpoint.Mismatch() }
    }
    try renew(
      statistics: shards.graphs.indices.map { checkpoint.tensors(under: "statistics/\($0)/") })
    try put()
  }

  /// Goes on with what other weights of the same student have learned, which are used up by it.
  func takeOver(from other: StudentWeights) throws {
    precondition(parameters.map(\.name) == other.parameters.map(\.name))
    parameters = other.parameters
    try renew(statistics: Array(repeating: other.statistics, count: shards.graphs.count))
    try put()
  }
}

/// What graphs that learn are made of.
private struct GraphMaker {
  let graph: Graph
  let learning: Set<String>
  let inputs: [String: (dtype: DType, shape: Shape)]
  let keeps: Set<String>
  let quantizers: [String: ClosedRange<Int>]

  /// Graphs that share their parameters.
  ///
  /// - Parameter statistics: of each, in place of the graph's.
  func graphs(statistics: [[String: Tensor]]) throws -> [TrainingGraph] {
    var graphs: [TrainingGraph] = []
    for own in statistics {
      var graph = graph
      graph.constants.merge(own) { $1 }
      graphs.append(
        try TrainingGraph(
          graph, learning: learning, inputs: inputs, keeps: keeps, quantizers: quantizers,
          sharing: graphs.first))
    }
    return graphs
  }
}

/// Sums of parts, added in their order.
///
/// Unchecked, because each place is written by one job, and read when all are done.
private final class PartSums: @unchecked Sendable {
  private let sums: UnsafeMutableBufferPointer<Double>

  init(count: Int) {
    sums = .allocate(capacity: count)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  func set(_ index: Int, _ sum: Double) { sums[index] = sum }

  var total: Double { sums.reduce(0, +) }
}

extension Graph {
  /// Names of the running statistics of batch normalisation.
  fileprivate var statisticsNames: [String] {
    nodes.filter { $0.type == BatchNormalization.type }.flatMap { node in
      [node.input(3), node.input(4)].compactMap { $0 }
    }
  }
}
