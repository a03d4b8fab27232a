/// Gradients cut down where all of them together are too long, as `torch.nn.utils.clip_grad_norm_` does it.
public enum GradientClipping {
  /// The sum of the squares of a gradient, which those of all parameters add up to that of the global norm.
  public static func squares(_ gradient: UnsafeBufferPointer<Float>) -> Double {
    // Several sums that do not wait for each other.
    var sums = (0.0, 0.0, 0.0, 0.0)
    let whole = gradient.count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      let (a, b) = (Double(gradient[index]), Double(gradient[index + 1]))
      let (c, d) = (Double(gradient[index + 2]), Double(gradient[index + 3]))
      sums.0 += a * a
      sums.1 += b * b
      sums.2 += c * c
      sums.3 += d * d
    }
    for index in whole..<gradient.count {
      let value = Double(gradient[index])
      sums.0 += value * value
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }

  /// What every gradient is to be multiplied by; 1 where their norm is within `limit`.
  public static func factor(norm: Double, limit: Double) -> Double { min(1, limit / (norm + 1e-6)) }

  /// Multiplies a gradient.
  public static func scale(_ gradient: UnsafeMutableBufferPointer<Float>, by factor: Double) {
    if factor == 1 { return }
    let factor = Float(factor)
    for index in 0..<gradient.count { gradient[index] *= factor }
  }
}
