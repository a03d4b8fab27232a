import Graph
import Tensor

/// The scales of a weight that learn beside it (LSQ): one, or one for each channel or block.
public struct LearnedScales: Sendable {
  /// What they are to begin with.
  public let initial: [Float]
  private let step: LearnedStepSize
  private let granularity: QuantizationGranularity
  private let shape: Shape

  /// - Parameter weight: symmetric, so that all scales have the same integers.
  init(_ weight: QuantizedWeight) {
    initial = weight.scales
    let first = weight.parameters[0]
    step = LearnedStepSize(qmin: first.lowest - first.zeroPoint, qmax: first.highest - first.zeroPoint)
    granularity = weight.granularity
    shape = weight.integers.shape
  }

  /// How many numbers share each scale.
  private var share: Int { shape.count / max(initial.count, 1) }

  /// Writes the weights as whole multiples of their scales, those beyond the ends at the ends.
  public func round(
    _ values: UnsafeBufferPointer<Float>, by scales: UnsafeBufferPointer<Float>,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let (low, high) = (Float(step.qmin), Float(step.qmax))
    granularity.forEachRun(shape) { run, place in
      let scale = scales[place]
      for index in run {
        let quotient = (values[index] / scale).rounded(.toNearestOrEven)
        target[index] = min(max(quotient, low), high) * scale
      }
    }
  }

  /// From gradients of the rounded weights to those of the weights, in their place, and of the scales.
  ///
  /// - Parameters:
  ///   - gradient: of the rounded weights; becomes that of the weights.
  ///   - scaleGradient: becomes that of the scales.
  public func gradients(
    of values: UnsafeBufferPointer<Float>, by scales: UnsafeBufferPointer<Float>,
    gradient: UnsafeMutableBufferPointer<Float>, scaleGradient: UnsafeMutableBufferPointer<Float>
  ) {
    var sums = [Double](repeating: 0, count: scales.count)
    let count = share
    granularity.forEachRun(shape) { run, place in
      let own = UnsafeMutableBufferPointer(rebasing: gradient[run])
      sums[place] += step.gradients(
        of: UnsafeBufferPointer(rebasing: values[run]), upstream: UnsafeBufferPointer(own),
        scale: scales[place], count: count, gradient: own)
    }
    for place in sums.indices { scaleGradient[place] = Float(sums[place]) }
  }

  /// The least that a scale may become: from below 0 none comes back.
  public static let least: Float = 1e-12
}
