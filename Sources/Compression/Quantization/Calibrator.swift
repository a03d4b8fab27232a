import Engine
import Graph
import Tensor

/// Measures the values of tensors by running a graph on samples.
struct Calibrator {
  var graph: Graph
  /// Samples that the graph takes at a time, where it fixes their number.
  var fixedBatch: Int?
  var threads: Int
  /// Measurements of the same samples, to be completed by histograms in another run; nil for a first run.
  var known: [String: TensorStatistics]?

  /// - Parameters:
  ///   - tensors: names of values of the graph.
  ///   - samples: the first so many of `data`, or all where there are fewer.
  /// - Throws: `CompressionError.calibration` where data is missing or a value is not finite, `.cancelled`, or what
  ///   running the graph throws.
  func statistics(
    of tensors: [String], data: CalibrationData, samples: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [String: TensorStatistics] {
    var samples = min(samples, data.samples)
    let batch = fixedBatch ?? 64
    if let fixedBatch { samples -= samples % fixedBatch }
    guard samples > 0 else { throw CompressionError.calibration("there are no samples") }
    let inputs = Set(graph.inputs.map(\.name))
    var measured = known ?? [:]
    for name in measured.keys { measured[name]?.startHistograms() }
    func measure(_ name: String, _ tensor: Tensor) throws {
      if known != nil {
        tensor.withElements(of: Float.self) { measured[name]?.add($0) }
        return
      }
      let next = try Self.measure(tensor, name: name)
      if measured[name]?.merge(next) == nil { measured[name] = next }
    }
    for name in tensors where inputs.contains(name) {
      guard let tensor = data.inputs[name] else {
        throw CompressionError.calibration("input '\(name)' has no samples")
      }
      for start in stride(from: 0, to: samples, by: batch) {
        try measure(name, tensor.rows(start..<min(start + batch, samples)))
      }
    }
    let computed = tensors.filter { !inputs.contains($0) }
    if !computed.isEmpty {
      var graph = graph
      graph.outputs = computed.map { ValueInfo(name: $0, dtype: nil, dims: nil) }
      graph = graph.pruningUnused()
      for input in graph.inputs where data.inputs[input.name] == nil {
        throw CompressionError.calibration("input '\(input.name)' has no samples")
      }
      do {
        try SampleRunner(graph, threads: threads).run(
          data.inputs, samples: 0..<samples, batch: batch, isCancelled: isCancelled
        ) { _, outputs in
          for (name, tensor) in outputs { try measure(name, tensor) }
        }
      } catch EngineError.cancelled {
        throw CompressionError.cancelled
      }
    }
    return measured
  }

  /// Least and greatest element, with 0 among them.
  private static func measure(_ tensor: Tensor, name: String) throws -> TensorStatistics {
    guard tensor.dtype == .float32 else {
      throw CompressionError.calibration("tensor '\(name)' is \(tensor.dtype), not float32")
    }
    let (extent, least) = tensor.withElements(of: Float.self) { values in
      (FloatExtent(values), values.reduce(Float.infinity) { min($0, $1.magnitude) })
    }
    guard extent.check == 0 else {
      throw CompressionError.calibration("tensor '\(name)' has a value that is not finite")
    }
    return TensorStatistics(extent, leastMagnitude: least.isFinite ? least : 0)
  }
}
