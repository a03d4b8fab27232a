/// How well a model does on a data set, after some or all of its samples.
public struct Evaluation: Hashable, Sendable, Codable {
  /// Samples seen so far.
  public var samples: Int
  /// Samples that there are.
  public var total: Int
  public var correct: Int
  /// Mean cross-entropy over the samples seen, in nats.
  public var loss: Double
  /// Time spent computing, in seconds.
  public var seconds: Double

  public init(samples: Int, total: Int, correct: Int, loss: Double, seconds: Double) {
    self.samples = samples
    self.total = total
    self.correct = correct
    self.loss = loss
    self.seconds = seconds
  }

  /// Fraction of the samples seen that are right, 0...1; 0 where none was seen.
  public var accuracy: Double { samples == 0 ? 0 : Double(correct) / Double(samples) }

  /// The Wilson score interval of the accuracy at 95 %.
  public var interval: ClosedRange<Double> { WilsonInterval.of(correct: correct, samples: samples) }

  /// Whether every sample was seen, so that nothing is left to chance but the choice of the data set.
  public var isExact: Bool { samples == total }
}
