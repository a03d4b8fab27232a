import Foundation

/// Learned step size quantization (Esser et al. 2020): numbers become `s · clip(round(v / s), qmin, qmax)`, rounding counts as
/// nothing for gradients, and the scale has a gradient too. Where a zero point is not 0 it is taken off both bounds.
public struct LearnedStepSize: Hashable, Sendable {
  /// The least and the greatest integer, after the zero point was taken off.
  public let qmin: Int
  public let qmax: Int

  public init(qmin: Int, qmax: Int) {
    precondition(qmin <= 0 && qmax > 0, "zero is among the integers, and something above it")
    self.qmin = qmin
    self.qmax = qmax
  }

  /// What the scale's gradient is multiplied by, so that scales move as weights do: `1 / √(n qmax)`.
  ///
  /// - Parameter count: of weights, or of numbers that a sample has in an activation.
  public func gradientScale(count: Int) -> Double {
    1 / (Double(max(count, 1)) * Double(qmax)).squareRoot()
  }

  /// - Parameters:
  ///   - values: weights or activations as they are, without rounding.
  ///   - upstream: gradients with respect to the rounded ones.
  ///   - scale: above 0.
  ///   - count: the n of the gradient's scale; as many as there are values unless told.
  ///   - gradient: becomes the gradient of the values: the upstream one within the range, 0 beyond.
  /// - Returns: the gradient of the scale.
  public func gradients(
    of values: UnsafeBufferPointer<Float>, upstream: UnsafeBufferPointer<Float>, scale: Float,
    count: Int? = nil, gradient: UnsafeMutableBufferPointer<Float>
  ) -> Double {
    precondition(values.count == upstream.count && values.count == gradient.count, "a gradient a value")
    let (low, high) = (Float(qmin), Float(qmax))
    var sum = 0.0
    for index in 0..<values.count {
      let quotient = values[index] / scale
      let isWithin = quotient > low && quotient < high
      let inner = quotient.rounded(.toNearestOrEven) - quotient
      let outer = quotient <= low ? low : high
      sum += Double(upstream[index]) * Double(isWithin ? inner : outer)
      gradient[index] = isWithin ? upstream[index] : 0
    }
    return sum * gradientScale(count: count ?? values.count)
  }

  /// The paper's scale to begin with: `2 mean |v| / √qmax`.
  public func initialScale(of values: UnsafeBufferPointer<Float>) -> Float {
    var sum = 0.0
    for value in values { sum += Double(abs(value)) }
    return Float(2 * sum / (Double(max(values.count, 1)) * Double(qmax).squareRoot()))
  }
}
