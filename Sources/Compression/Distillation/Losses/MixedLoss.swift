/// A loss of two terms, `(1 - alpha) hard + alpha soft`.
protocol MixedLoss: DistillationLoss {
  /// Share of the teacher's term, 0 to 1.
  var alpha: Double { get }
}

extension MixedLoss {
  public static var hasTeacher: Bool { true }
  public var needsTargets: Bool { alpha < 1 }
  public var needsTeacher: Bool { alpha > 0 }

  /// The loss of its two terms, of which those that are not asked for are left out.
  ///
  /// - Parameter softWeight: of the teacher's term; `alpha` unless told.
  func terms(hard: Double, soft: Double, softWeight: Double? = nil) -> LossTerms {
    LossTerms(
      total: (1 - alpha) * hard + (softWeight ?? alpha) * soft, hard: needsTargets ? hard : nil,
      soft: needsTeacher ? soft : nil)
  }
}
