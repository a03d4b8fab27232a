import Graph
import Tensor

/// Channels that are smoothed by what samples tell.
extension Compressor {
  /// What decides the largest magnitudes of channels.
  struct MaximaKey: Hashable, Sendable {
    var isEqualized: Bool
    var data: ContentHash
  }

  /// Of the model as it was loaded, equalised or not: pruning changes nothing of it.
  ///
  /// - Throws: `CompressionError.calibration` where there are no samples, or what running the model throws.
  func smoothing(_ alpha: Double, _ equalization: Equalization?, _ samples: SampleSource) throws
    -> Smoothing
  {
    let channels = planner.smoothedChannels
    if channels.isEmpty { return Smoothing([], maxima: [], alpha: alpha) { _ in nil } }
    guard let data = samples.data else {
      throw CompressionError.calibration(
        "channels are to be smoothed, and there is no data to measure them with")
    }
    func constant(_ name: String) -> Tensor? {
      model.graph.constants[name].map { equalization?.scales[name]?.applied(to: $0) ?? $0 }
    }
    let key = MaximaKey(isEqualized: equalization != nil, data: data.contentHash)
    let measured = try maxima(key) {
      var editor = GraphEditor(model.graph)
      for name in equalization?.scales.keys.sorted() ?? [] {
        constant(name).map { editor.setConstant(name, $0) }
      }
      return try maxima(of: channels, in: editor.graph, data, samples.isCancelled)
    }
    return Smoothing(channels, maxima: measured, alpha: alpha, constants: constant)
  }

  /// The largest magnitude of each channel as its readers have it.
  private func maxima(
    of all: [ScaledChannels], in graph: Graph, _ data: CalibrationData,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [[Double]] {
    var result = all.map { [Double](repeating: 0, count: $0.channels) }
    var places: [String: [(channels: Int, axis: Int, block: Int)]] = [:]
    for (index, channels) in all.enumerated() {
      var seen: Set<String> = []
      for reader in channels.readers where seen.insert(reader.value).inserted {
        places[reader.value, default: []].append((index, reader.place.axis, reader.place.block))
      }
    }
    try sampleValues(graph).forEachBatch(
      of: places.keys.sorted(), data: data, samples: Smoothing.samples, isCancelled: isCancelled
    ) { name, tensor in
      guard tensor.dtype == .float32 else {
        throw CompressionError.calibration("tensor '\(name)' is \(tensor.dtype), not float32")
      }
      for place in places[name] ?? [] {
        let found = tensor.withElements(of: Float.self) {
          ScaledChannels.Place(constant: name, axis: place.axis, block: place.block)
            .ranges($0, tensor.shape, channels: all[place.channels].channels)
        }
        result[place.channels] = zip(result[place.channels], found).map { max($0, $1) }
      }
    }
    return result
  }
}
