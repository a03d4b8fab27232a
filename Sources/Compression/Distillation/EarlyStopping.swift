/// Ends training when nothing has become better for a while.
public struct EarlyStopping: Hashable, Sendable {
  /// Epochs in a row without a better score after which it is enough.
  public let patience: Int
  /// By how much a score has to be better than the best to count.
  public let minDelta: Double
  private var bestScore: Double?
  private var bestEpoch = 0
  private var epochs = 0

  public init(patience: Int, minDelta: Double = 0) {
    self.patience = max(patience, 1)
    self.minDelta = minDelta
  }

  /// The best score and its epoch, counted from 0; nil before the first.
  public var best: (score: Double, epoch: Int)? { bestScore.map { ($0, bestEpoch) } }

  /// Takes down the score of an epoch: more is better, and what is not a number is not.
  ///
  /// - Returns: whether it is the best so far, and worth keeping.
  public mutating func record(_ score: Double) -> Bool {
    defer { epochs += 1 }
    guard !score.isNaN, bestScore.map({ score > $0 + minDelta }) ?? true else { return false }
    (bestScore, bestEpoch) = (score, epochs)
    return true
  }

  /// Whether training is to end. Where no epoch had a score at all, those count too.
  public var isOver: Bool { epochs - (best.map { $0.epoch + 1 } ?? 0) >= patience }
}
