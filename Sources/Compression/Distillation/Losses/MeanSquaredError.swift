import Tensor

/// `(1 - a) MSE(y, s) + a MSE(t, s)` for regression, the mean being over all numbers.
public struct MeanSquaredError: MixedLoss {
  public static let name = "mse"
  public static let hasTemperature = false

  /// Share of the teacher's term, 0 to 1.
  public let alpha: Double

  public init(alpha: Double) { self.alpha = alpha }

  public init(_ settings: DistillationSettings) { self.init(alpha: settings.alpha) }

  public func evaluate(
    _ batch: LossBatch, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> LossTerms {
    let pass = try RowPass(batch, of: self)
    let targets = needsTargets ? try floats(RowPass.targets(batch, of: self), like: batch.student) : []
    let share = 1 / Double(max(batch.student.count, 1))
    var (hard, soft) = (0.0, 0.0)
    targets.withUnsafeBufferPointer { targets in
      pass.run(into: gradient) { row, student, teacher, gradient in
        if !targets.isEmpty {
          let own = UnsafeBufferPointer(rebasing: targets[row * pass.columns..<(row + 1) * pass.columns])
          hard += Self.add(student, own, weight: (1 - alpha) * share, to: gradient)
        }
        if let teacher { soft += Self.add(student, teacher, weight: alpha * share, to: gradient) }
      }
    }
    return terms(hard: hard * share, soft: soft * share)
  }

  /// Numbers to come near to; `[N]` stands for `[N, 1]` and the other way round.
  private func floats(_ targets: Tensor, like student: Tensor) throws(DistillationError) -> [Float] {
    guard targets.count == student.count, targets.shape.dims.first == student.shape.dims.first else {
      throw .shape(
        what: "targets", targets.shape, student: student.shape,
        wayOut: "give as many numbers a sample as the student does")
    }
    return targets.floats
  }

  /// The squares of a row, summed, of which `weight` times the gradient is added.
  static func add(
    _ student: UnsafeBufferPointer<Float>, _ target: UnsafeBufferPointer<Float>, weight: Double,
    to gradient: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    var sum = 0.0
    for index in student.indices {
      let difference = Double(student[index]) - Double(target[index])
      sum += difference * difference
      gradient[index] += 2 * weight * difference
    }
    return sum
  }
}
