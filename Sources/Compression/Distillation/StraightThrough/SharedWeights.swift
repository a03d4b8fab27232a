/// Weights that share the values of a codebook, and are trained by them (Deep Compression, Han et al. 2016).
public enum SharedWeights {
  /// The gradient of each value: the sum over the weights that have it.
  ///
  /// - Parameters:
  ///   - gradient: of the weights.
  ///   - codes: which value each weight has; one that is negative belongs to none, as a pruned weight's.
  ///   - count: of values.
  public static func gradients(
    of gradient: UnsafeBufferPointer<Float>, codes: UnsafeBufferPointer<Int32>, count: Int
  ) -> [Float] {
    precondition(gradient.count == codes.count, "a code a weight")
    var sums = [Double](repeating: 0, count: count)
    for index in 0..<codes.count where codes[index] >= 0 {
      sums[Int(codes[index])] += Double(gradient[index])
    }
    return sums.map { Float($0) }
  }

  /// Writes each weight's value; one without a value becomes 0.
  public static func update(
    _ weights: UnsafeMutableBufferPointer<Float>, codes: UnsafeBufferPointer<Int32>,
    values: UnsafeBufferPointer<Float>
  ) {
    precondition(weights.count == codes.count, "a code a weight")
    for index in 0..<codes.count { weights[index] = codes[index] < 0 ? 0 : values[Int(codes[index])] }
  }
}
