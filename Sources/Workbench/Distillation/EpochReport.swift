/// What an epoch of training came to.
public struct EpochReport: Hashable, Sendable, Codable {
  /// Counted from 1.
  public var epoch: Int
  /// The mean over its batches of what was minimised.
  public var loss: Double
  /// The part against the labels; nil where they are not looked at.
  public var hard: Double?
  /// The part against the teacher, before it is weighed; nil where it is not looked at.
  public var soft: Double?
  /// The part of matched activations, as it is weighed; nil where none are.
  public var matched: Double?
  /// The share of the samples that were right while they were trained on; nil for tasks without classes.
  public var trainAccuracy: Double?
  /// The headline of the student as it is compressed, on the validation data.
  public var score: Double
  /// Of training; measuring is not counted.
  public var seconds: Double
  /// Whether no epoch before was as good.
  public var isBest: Bool

  public init(
    epoch: Int, loss: Double, hard: Double? = nil, soft: Double? = nil, matched: Double? = nil,
    trainAccuracy: Double? = nil,
    score: Double, seconds: Double, isBest: Bool
  ) {
    self.epoch = epoch
    self.loss = loss
    self.hard = hard
    self.soft = soft
    self.matched = matched
    self.trainAccuracy = trainAccuracy
    self.score = score
    self.seconds = seconds
    self.isBest = isBest
  }
}
