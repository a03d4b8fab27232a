import Tensor

/// `(1 - a) CE(y, p_s) + a T² KL(p_t ‖ p_s)` with `p = softmax(z / T)` in the divergence (Hinton et al. 2015).
///
/// At alpha 1 the teacher alone is followed and no labels are needed; at alpha 0 labels alone, and no teacher.
public struct SoftenedDivergence: MixedLoss {
  public static let name = "kl_divergence"
  public static let hasTemperature = true

  /// Share of the teacher's term, 0 to 1.
  public let alpha: Double
  public let temperature: Double

  public init(alpha: Double, temperature: Double) {
    self.alpha = alpha
    self.temperature = temperature
  }

  public init(_ settings: DistillationSettings) {
    self.init(alpha: settings.alpha, temperature: settings.temperature)
  }

  /// `hard` is the cross-entropy, `soft` the divergence without its T².
  public func evaluate(
    _ batch: LossBatch, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> LossTerms {
    let pass = try RowPass(logits: batch, of: self)
    let share = 1 / Double(max(pass.count, 1))
    var (hard, soft) = (0.0, 0.0)
    pass.run(into: gradient) { row, student, teacher, gradient in
      if let label = pass.labels?[row] {
        hard += CrossEntropy.add(student, label: label, weight: (1 - alpha) * share, to: gradient)
      }
      if let teacher {
        soft += add(student, teacher, weight: alpha * share, to: gradient)
      }
    }
    return terms(hard: hard * share, soft: soft * share, softWeight: alpha * temperature * temperature)
  }

  /// The divergence of a row. The gradient of T² times it is `T (p_s - p_t)`, of which `weight` times is added.
  private func add(
    _ student: UnsafeBufferPointer<Float>, _ teacher: UnsafeBufferPointer<Float>, weight: Double,
    to gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    let size = Softmax.room(student.count)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * size) { room in
      let ours = Softmax(
        student, temperature: temperature, room: UnsafeMutableBufferPointer(rebasing: room[..<size]))
      let theirs = Softmax(
        teacher, temperature: temperature, room: UnsafeMutableBufferPointer(rebasing: room[size...]))
      let factor = weight * temperature
      var divergence = 0.0
      for index in student.indices {
        let target = theirs.probability(index)
        // What the teacher rules out costs nothing, also where both logarithms are infinite.
        if target > 0 { divergence += target * (theirs.logProbability(index) - ours.logProbability(index)) }
        gradient[index] += factor * (ours.probability(index) - target)
      }
      return divergence
    }
  }
}
