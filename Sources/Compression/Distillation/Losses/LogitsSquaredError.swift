import Tensor

/// `(1 - a) CE(y, p_s) + a MSE(z_t, z_s)`: logits are matched as they are, the mean being over all of them
/// (Ba and Caruana 2014; Kim et al. 2021).
public struct LogitsSquaredError: MixedLoss {
  public static let name = "logits_mse"
  public static let hasTemperature = false

  /// Share of the teacher's term, 0 to 1.
  public let alpha: Double

  public init(alpha: Double) { self.alpha = alpha }

  public init(_ settings: DistillationSettings) { self.init(alpha: settings.alpha) }

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
    return terms(hard: hard * share, soft: soft * elementShare)
  }
}
