import Engine
import Graph
import Tensor

/// Gradients of the loss with respect to weights, while a graph runs on samples.
///
/// The loss is the cross entropy of the scores against the labels where samples have some, or else against the model's own
/// answers, so that no label of what accuracy is measured on decides what is pruned. It is a mean over batches of 16.
struct GradientObserver {
  var graph: Graph
  var layers: [Layer]
  var threads: Int

  /// The number of samples whose mean a gradient is.
  static let batch = 16

  /// - Parameter samples: the first so many of `data`, or all where there are fewer; whole batches of them.
  /// - Returns: for each layer the mean over batches of the gradient's squares, in the weight's order.
  /// - Throws: `CompressionError`, or `EngineError` that names a node without a way back.
  func squares(
    _ data: CalibrationData, samples: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [[Double]] {
    var graph = graph.fixing(data.constants)
    guard let output = graph.scoresOutput(judged: data.output) else {
      throw CompressionError.calibration("the model gives no output, so no loss and no gradients")
    }
    graph.outputs = [ValueInfo(name: output, dtype: nil, dims: nil)]
    graph = graph.pruningUnused()
    let count = min(samples, data.samples)
    let batch = graph.fixedBatch ?? min(Self.batch, count)
    guard batch > 0, count >= batch else {
      throw CompressionError.calibration(
        "the model takes \(max(batch, 1)) samples at a time, and there are \(count)")
    }
    var inputs: [String: (dtype: DType, shape: Shape)] = [:]
    for input in graph.inputs {
      guard let given = data.inputs[input.name] else {
        throw CompressionError.calibration("input '\(input.name)' has no samples")
      }
      inputs[input.name] = (given.dtype, Shape([batch] + given.shape.dims.dropFirst()))
    }
    let names = Set(layers.map(\.weight)).filter { graph.constants[$0]?.dtype == .float32 }
    let batches = count / batch
    let sizes = names.reduce(into: [String: Int]()) { $0[$1] = graph.constants[$1]?.count }
    // Of how many parts sums are made does not depend on the threads.
    let parts = min(batches, 2)
    let sums = (0..<parts).map { _ in SquareSums(sizes) }
    var graphs: [TrainingGraph] = []
    for _ in 0..<parts {
      graphs.append(try TrainingGraph(graph, learning: names, inputs: inputs, sharing: graphs.first))
    }
    let taken = inputs.keys.sorted()
    try TrainingShards(graphs, threads: threads).run { part, training in
      for index in stride(from: part, to: batches, by: parts) {
        if isCancelled() { throw CompressionError.cancelled }
        let rows = index * batch..<(index + 1) * batch
        let inputs = taken.reduce(into: [String: Tensor]()) { $0[$1] = data.inputs[$1]?.rows(rows) }
        try Self.passBack(
          training, inputs, output: output, labels: data.labels?.rows(rows), firstSample: rows.lowerBound)
        sums[part].add(training)
      }
    }
    return try layers.map { layer in
      let found = SquareSums.total(sums, layer.weight).map { $0 / Double(batches) }
      guard found.allSatisfy(\.isFinite) else {
        throw CompressionError.layer(layer.name, reason: "has a gradient that is not finite")
      }
      return found
    }
  }

  /// The loss of a batch, and its gradients.
  private static func passBack(
    _ training: TrainingGraph, _ inputs: [String: Tensor], output: String, labels: Tensor?, firstSample: Int
  ) throws {
    let outputs = try training.forward(inputs, isTraining: false)
    guard let scores = outputs[output], scores.shape.rank > 1 else {
      throw CompressionError.calibration("output '\(output)' has no scores for each sample")
    }
    let batch = LossBatch(student: scores, targets: labels ?? scores.answers, firstSample: firstSample)
    do {
      try training.backward([output: try CrossEntropy().evaluate(batch).gradient])
    } catch let error as DistillationError {
      throw CompressionError.calibration("\(error)")
    }
  }
}

/// Sums of the squares of gradients, by weight.
///
/// Unchecked, because each belongs to one job, and is read when all are done.
private final class SquareSums: @unchecked Sendable {
  private var sums: [String: [Double]]

  /// - Parameter sizes: of the weights, by name.
  init(_ sizes: [String: Int]) { sums = sizes.mapValues { [Double](repeating: 0, count: $0) } }

  func add(_ training: TrainingGraph) {
    for name in training.parameters {
      training.withGradient(name) { gradient in
        sums[name]?.withUnsafeMutableBufferPointer { sums in
          for index in 0..<gradient.count { sums[index] += Double(gradient[index]) * Double(gradient[index]) }
        }
      }
    }
  }

  static func total(_ all: [SquareSums], _ name: String) -> [Double] {
    var total = all.first?.sums[name] ?? []
    for other in all.dropFirst() {
      for (index, sum) in (other.sums[name] ?? []).enumerated() { total[index] += sum }
    }
    return total
  }
}

extension Tensor {
  /// The position of the highest score in each row of the last axis.
  fileprivate var answers: Tensor {
    let columns = shape.dims.last ?? 1
    return withElements(of: Float.self) { values in
      let rows = values.count / max(columns, 1)
      let best = (0..<rows).map { row in
        Int64((0..<columns).max { values[row * columns + $0] < values[row * columns + $1] } ?? 0)
      }
      return Tensor(best, shape: Shape(shape.dims.dropLast()))
    }
  }
}
