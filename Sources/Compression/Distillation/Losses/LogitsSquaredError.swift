import Tensor

/// `(1 - a) CE(y, p_s) + a MSE(z_t, z_s)`: logits are matched as they are, the mean being over all of them
/// (Ba and Caruana 2014; Kim et al. 2021).
public struct LogitsSquaredError: DistillationLoss {
  public static let name = "logits_mse"
  public static let hasTeacher = true
  public static let hasTemperature = false

  /// Share of the teacher's term, 0 to 1.
  public let alpha: Double

  public init(alpha: Double) { self.alpha = alpha }

  public init(_ settings: DistillationSettings) { self.init(alpha: settings.alpha) }

  public var needsTargets: Bool { alpha < 1 }
  public var needsTeacher: Bool { alpha > 0 }

  public func evaluate(
    _ batch: LossBatch, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> LossTerms {
    let pass = try RowPass(logits: batch, of: self)
    let share = 1 / Double(max(pass.count, 1))
    let elementShare = share / Double(pass.columns)
    var (hard, soft) = (0.0, 0.0)
    pass.run(into: gradient) { row, student, teacher, gradient in
      if let label = pass.labels?[row] {
        hard += CrossEntropy.add(student, label: label, weight: (1 - alpha) * share, to: gradient)
      }
      if let teacher {
        soft += MeanSquaredError.add(student, teacher, weight: alpha * elementShare, to: gradient)
      }
    }
    (hard, soft) = (hard * share, soft * elementShare)
    return LossTerms(
      total: (1 - alpha) * hard + alpha * soft, hard: needsTargets ? hard : nil,
      soft: needsTeacher ? soft : nil)
  }
}
