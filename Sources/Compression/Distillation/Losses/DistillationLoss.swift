import Tensor

/// What a student's outputs cost, and in which direction they should move.
///
/// One file and one line in `DistillationLosses` for each. Where a loss mixes two terms it is
/// `(1 - alpha) hard + alpha soft`: hard compares with the data's labels, soft with the teacher.
public protocol DistillationLoss: Sendable {
  /// What recipes call it.
  static var name: String { get }

  /// Whether it has a term for the teacher, which `alpha` weighs.
  static var hasTeacher: Bool { get }

  /// Whether a temperature softens what it compares.
  static var hasTemperature: Bool { get }

  init(_ settings: DistillationSettings)

  /// Whether it asks for `LossBatch.targets`.
  var needsTargets: Bool { get }

  /// Whether it asks for `LossBatch.teacher`.
  var needsTeacher: Bool { get }

  /// The loss, mean over the batch.
  ///
  /// - Parameter gradient: becomes the gradient with respect to the student's outputs, row-major, as many numbers.
  /// - Throws: `DistillationError`.
  func evaluate(
    _ batch: LossBatch, gradient: UnsafeMutableBufferPointer<Float>
  ) throws(DistillationError) -> LossTerms
}

/// The outputs for some samples, and what they are compared with.
public struct LossBatch: Sendable {
  /// float32: logits `[N, C]`, or `[N, S, C]` for tokens, which are N·S rows; numbers of any shape for regression.
  public var student: Tensor
  /// float32, of the student's shape.
  public var teacher: Tensor?
  /// Labels `[N]` or `[N, S]` as whole numbers; float32 numbers of the student's shape for regression.
  public var targets: Tensor?
  /// Where the batch begins among all samples, for messages.
  public var firstSample: Int

  public init(student: Tensor, teacher: Tensor? = nil, targets: Tensor? = nil, firstSample: Int = 0) {
    self.student = student
    self.teacher = teacher
    self.targets = targets
    self.firstSample = firstSample
  }
}

/// A loss and what it is made of.
public struct LossTerms: Hashable, Sendable {
  public var total: Double
  /// The mean cost against the labels; nil where they are not asked for.
  public var hard: Double?
  /// The mean cost against the teacher, before it is weighed: a divergence without its T²; nil where there is no teacher.
  public var soft: Double?
  /// What matched activations cost, as they are weighed; nil where none are.
  public var matched: Double?

  public init(total: Double, hard: Double? = nil, soft: Double? = nil, matched: Double? = nil) {
    self.total = total
    self.hard = hard
    self.soft = soft
    self.matched = matched
  }

  /// Adds what matched activations cost.
  public mutating func add(matched cost: Double) {
    matched = (matched ?? 0) + cost
    total += cost
  }
}

extension DistillationLoss {
  /// The loss, and its gradient as a tensor of the student's shape.
  public func evaluate(_ batch: LossBatch) throws(DistillationError) -> (terms: LossTerms, gradient: Tensor) {
    var result: Result<LossTerms, DistillationError> = .success(LossTerms(total: 0))
    let gradient = Tensor(of: Float.self, shape: batch.student.shape) { buffer in
      result = Result { () throws(DistillationError) in try evaluate(batch, gradient: buffer) }
    }
    return (try result.get(), gradient)
  }
}
