/// What a training tells, in order.
public enum TrainingEvent: Hashable, Sendable {
  /// Data are read, and what the teacher says is worked out.
  case preparing
  /// The headline of the student as it is compressed, before it has learnt.
  case begun(score: Double)
  case progress(TrainingProgress)
  case epoch(EpochReport)
  /// It goes on with other settings, so many epochs after its beginning.
  case changed(at: Double)
  /// Another student is trained from its beginning, in the place of the one before.
  case restarted
  case paused(Bool)
  case ended(TrainingEnd)
}

/// How far a training is.
public struct TrainingProgress: Hashable, Sendable {
  /// Counted from 1.
  public var epoch: Int
  public var epochs: Int
  /// Batches of the epoch that are done, and how many it has.
  public var batch: Int
  public var batches: Int
  /// Means over the last batches. A part that the loss has not is nil.
  public var loss: Double
  public var hard: Double?
  public var soft: Double?
  /// nil until that can be told.
  public var secondsLeft: Double?

  public init(
    epoch: Int, epochs: Int, batch: Int, batches: Int, loss: Double, hard: Double? = nil,
    soft: Double? = nil, secondsLeft: Double? = nil
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.batch = batch
    self.batches = batches
    self.loss = loss
    self.hard = hard
    self.soft = soft
    self.secondsLeft = secondsLeft
  }

  /// Epochs since the beginning.
  public var position: Double { Double(epoch - 1) + Double(batch) / Double(max(batches, 1)) }
}

/// How a training ended.
public enum TrainingEnd: Hashable, Sendable {
  /// All epochs are done, or nothing became better for long enough.
  case finished
  case stopped
  /// Why, in one sentence.
  case failed(String)
}
