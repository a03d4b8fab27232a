import Foundation

/// The threshold by which least information is lost: of all that end at one of 2048 bins of magnitudes, the one
/// whose distribution, told apart by `2^(bits-1)` levels, diverges least from the real one (Kullback-Leibler).
///
/// From Migacz, "8-bit Inference with TensorRT" (2017), with the smoothing of MXNet's and ONNX Runtime's
/// `get_entropy_threshold`, and as in NVIDIA's pytorch-quantization without the bin of zeros, which every range
/// keeps. Levels share the bins evenly. ONNX Runtime's own defaults, 128 bins for as many levels, leave nothing
/// to choose from, and so equal min-max.
struct EntropyCalibration: RangeCalibration {
  var needsHistograms: Bool { true }

  func range(of tensor: TensorStatistics, for form: LinearForm) -> ActivationRanges.Range {
    guard let magnitudes = tensor.magnitudes else { return tensor.extremes }
    var counts = magnitudes.counts.map { Double($0) }
    counts[0] = counts[1]
    let levels = 1 << (form.bits - 1)
    var best = (bins: counts.count, divergence: Double.infinity)
    var tail = counts[levels...].reduce(0, +)
    for bins in levels...counts.count {
      if bins > levels { tail -= counts[bins - 1] }
      let divergence = Self.divergence(counts[..<bins], tail: max(tail, 0), levels: levels)
      // Of equal ones the widest.
      if divergence <= best.divergence { best = (bins, divergence) }
    }
    return tensor.clipped(at: magnitudes.edge(best.bins))
  }

  /// Of the counts with the tail cut off and added to the last bin, from the same spread over levels.
  private static func divergence(_ counts: ArraySlice<Double>, tail: Double, levels: Int) -> Double {
    var real = Array(counts)
    real[real.count - 1] += tail
    var coarse = [Double](repeating: 0, count: real.count)
    for level in 0..<levels {
      let bins = level * real.count / levels..<(level + 1) * real.count / levels
      let filled = bins.count { real[$0] > 0 }
      if filled == 0 { continue }
      let share = counts[bins].reduce(0, +) / Double(filled)
      for bin in bins where real[bin] > 0 { coarse[bin] = share }
    }
    guard let p = smoothed(real), let q = smoothed(coarse) else { return .infinity }
    let (sumP, sumQ) = (p.reduce(0, +), q.reduce(0, +))
    return zip(p, q).reduce(0) { $0 + $1.0 / sumP * log($1.0 / sumP / ($1.1 / sumQ)) }
  }

  /// Without zeros, which have no logarithm; nil where too little is left to take from.
  private static func smoothed(_ counts: [Double]) -> [Double]? {
    let epsilon = 1e-4
    let zeros = counts.count { $0 == 0 }
    if zeros == counts.count { return nil }
    let taken = epsilon * Double(zeros) / Double(counts.count - zeros)
    if taken >= 1 { return nil }
    return counts.map { $0 == 0 ? epsilon : $0 - taken }
  }
}
