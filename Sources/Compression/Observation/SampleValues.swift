import Engine
import Graph
import Tensor

/// What tensors of a graph hold when it is run on samples.
struct SampleValues: Sendable {
  var graph: Graph
  var threads: Int

  /// Runs the graph, and gives the values batch by batch, each tensor's in the order of the samples.
  ///
  /// - Parameters:
  ///   - tensors: names of values of the graph, inputs among them.
  ///   - samples: the first so many of `data`, or all where there are fewer.
  ///   - body: gets a tensor's name and its values `[batch, ...]`, on the calling thread.
  /// - Throws: `CompressionError.calibration` where data is missing, `.cancelled`, or what running the graph throws.
  func forEachBatch(
    of tensors: [String], data: CalibrationData, samples: Int, isCancelled: @escaping @Sendable () -> Bool,
    body: (String, Tensor) throws -> Void
  ) throws {
    try forEachBatch(
      ofAll: tensors, data: data, samples: samples, isCancelled: isCancelled
    ) { for (name, tensor) in $0 { try body(name, tensor) } }
  }

  /// Runs the graph, and gives the values of each batch together.
  ///
  /// - Parameter body: gets all tensors by name, on the calling thread.
  func forEachBatch(
    ofAll tensors: [String], data: CalibrationData, samples: Int,
    isCancelled: @escaping @Sendable () -> Bool, body: ([String: Tensor]) throws -> Void
  ) throws {
    var graph = graph.fixing(data.constants)
    let fixedBatch = graph.fixedBatch.map { max($0, 1) }
    let batch = fixedBatch ?? 64
    // Of a model that takes a fixed number whole batches, at least one.
    var samples = min(max(samples, fixedBatch ?? 1), data.samples)
    if let fixedBatch { samples -= samples % fixedBatch }
    guard samples > 0 else {
      throw CompressionError.calibration(
        data.samples == 0
          ? "there are no samples"
          : "the model takes \(batch) samples at a time, and there are \(data.samples)")
    }
    let inputs = Set(graph.inputs.map(\.name))
    let computed = tensors.filter { !inputs.contains($0) }
    var given: [String: Samples] = [:]
    for name in tensors where inputs.contains(name) {
      guard let samples = data.inputs[name] else {
        throw CompressionError.calibration("input '\(name)' has no samples")
      }
      given[name] = samples
    }
    if computed.isEmpty {
      for start in stride(from: 0, to: samples, by: batch) {
        if isCancelled() { throw CompressionError.cancelled }
        try body(given.mapValues { $0.rows(start..<min(start + batch, samples)) })
      }
      return
    }
    graph.outputs = computed.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
    graph = graph.pruningUnused()
    for input in graph.inputs where data.inputs[input.name] == nil {
      throw CompressionError.calibration("input '\(input.name)' has no samples")
    }
    do {
      try SampleRunner(graph, threads: threads).run(
        data.inputs, samples: 0..<samples, batch: batch, isCancelled: isCancelled
      ) { rows, outputs in
        try body(outputs.merging(given.mapValues { $0.rows(rows) }) { $1 })
      }
    } catch EngineError.cancelled {
      throw CompressionError.cancelled
    }
  }
}
