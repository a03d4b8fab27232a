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
    let training = try TrainingGraph(graph, learning: names, inputs: inputs)
    var sums = names.reduce(into: [String: [Double]]()) {
      $0[$1] = [Double](repeating: 0, count: graph.constants[$1]?.count ?? 0)
    }
    let loss = CrossEntropy(DistillationSettings())
    let batches = count / batch
    for index in 0..<batches {
      if isCancelled() { throw CompressionError.cancelled }
      let rows = index * batch..<(index + 1) * batch
      let outputs = try training.forward(
        inputs.keys.reduce(into: [:]) { $0[$1] = data.inputs[$1]?.rows(rows) }, isTraining: false)
      guard let scores = outputs[output], scores.shape.rank > 1 else {
        throw CompressionError.calibration("output '\(output)' has no scores for each sample")
      }
      let answers = data.labels.map { $0.rows(rows) } ?? scores.answers
      do {
        try training.backward([
          output: try loss.evaluate(
            LossBatch(student: scores, targets: answers, firstSample: rows.lowerBound)
          ).gradient
        ])
      } catch let error as DistillationError {
        throw CompressionError.calibration("\(error)")
      }
      for name in names {
        training.withGradient(name) { gradient in
          sums[name]!.withUnsafeMutableBufferPointer { sums in
            for index in 0..<gradient.count {
              sums[index] += Double(gradient[index]) * Double(gradient[index])
            }
          }
        }
      }
    }
    return try layers.map { layer in
      let found = (sums[layer.weight] ?? []).map { $0 / Double(batches) }
      guard found.allSatisfy(\.isFinite) else {
        throw CompressionError.layer(layer.name, reason: "has a gradient that is not finite")
      }
      return found
    }
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
