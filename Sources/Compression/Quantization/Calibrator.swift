import Graph
import Tensor

/// Measures the values of tensors by running a graph on samples.
struct Calibrator {
  var values: SampleValues
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
    var measured = known ?? [:]
    for name in measured.keys { measured[name]?.startHistograms() }
    try values.forEachBatch(of: tensors, data: data, samples: samples, isCancelled: isCancelled) {
      name, tensor in
      if known != nil {
        tensor.withElements(of: Float.self) { measured[name]?.add($0) }
        return
      }
      let next = try Self.measure(tensor, name: name)
      if measured[name]?.merge(next) == nil { measured[name] = next }
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
