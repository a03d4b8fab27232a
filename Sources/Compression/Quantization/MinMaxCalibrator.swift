import Engine
import Graph
import Tensor

/// Measures the ranges of tensors by running a graph on samples.
struct MinMaxCalibrator {
  var graph: Graph
  /// Samples that the graph takes at a time, where it fixes their number.
  var fixedBatch: Int?
  var threads: Int

  /// - Parameters:
  ///   - tensors: names of values of the graph.
  ///   - samples: the first so many of `data`, or all where there are fewer.
  /// - Throws: `CompressionError.calibration` where data is missing or a value is not finite, `.cancelled`, or what
  ///   running the graph throws.
  func ranges(
    of tensors: [String], data: CalibrationData, samples: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> ActivationRanges {
    var samples = min(samples, data.samples)
    let batch = fixedBatch ?? 64
    if let fixedBatch { samples -= samples % fixedBatch }
    guard samples > 0 else { throw CompressionError.calibration("there are no samples") }
    let inputs = Set(graph.inputs.map(\.name))
    var measured: [String: ActivationRanges.Range] = [:]
    func measure(_ name: String, _ tensor: Tensor) throws {
      let range = try Self.range(of: tensor, name: name)
      let known = measured[name] ?? range
      measured[name] = .init(low: min(known.low, range.low), high: max(known.high, range.high))
    }
    for name in tensors where inputs.contains(name) {
      guard let tensor = data.inputs[name] else {
        throw CompressionError.calibration("input '\(name)' has no samples")
      }
      try measure(name, tensor.rows(0..<samples))
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
    return ActivationRanges(measured)
  }

  /// Least and greatest element, with 0 among them.
  private static func range(of tensor: Tensor, name: String) throws -> ActivationRanges.Range {
    guard tensor.dtype == .float32 else {
      throw CompressionError.calibration("tensor '\(name)' is \(tensor.dtype), not float32")
    }
    let extent = tensor.withElements(of: Float.self) { FloatExtent($0) }
    guard extent.check == 0 else {
      throw CompressionError.calibration("tensor '\(name)' has a value that is not finite")
    }
    return ActivationRanges.Range(low: extent.low, high: extent.high)
  }
}
