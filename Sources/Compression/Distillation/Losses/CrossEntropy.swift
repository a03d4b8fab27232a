import Tensor

/// The cross-entropy of labels and a student's probabilities, `-log p[y]`: training without a teacher, which
/// distillation is to beat.
public struct CrossEntropy: DistillationLoss {
  public static let name = "cross_entropy"
  public static let hasTeacher = false
  public static let hasTemperature = false

  public init() {}

  public init(_ settings: DistillationSettings) {}

  public var needsTargets: Bool { true }
  public var needsTeacher: Bool { false }

  public func evaluate(
    _ batch: LossBatch, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> LossTerms {
    let pass = try RowPass(logits: batch, of: self)
    let share = 1 / Double(max(pass.count, 1))
    var sum = 0.0
    pass.run(into: gradient) { row, student, _, gradient in
      sum += Self.add(student, label: pass.labels?[row] ?? 0, weight: share, to: gradient)
    }
    return LossTerms(total: sum * share, hard: sum * share)
  }

  /// The cost of a row, of which `weight` times the gradient, `p - y`, is added.
  static func add(
    _ student: UnsafeBufferPointer<Float>, label: Int, weight: Double,
    to gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Softmax.room(student.count)) { room in
      let softmax = Softmax(student, room: room)
      for index in student.indices { gradient[index] += weight * softmax.probability(index) }
      gradient[label] -= weight
      return -softmax.logProbability(label)
    }
  }
}
