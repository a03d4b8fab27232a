import Formats

/// How well a model does on a data set, after some or all of its samples.
public struct Evaluation: Hashable, Sendable {
  /// What it is judged by.
  public var task: DataTask
  /// Samples seen so far.
  public var samples: Int
  /// Samples that there are.
  public var total: Int
  /// Samples, or tokens, that are right; 0 for a task that has no right and wrong.
  public var correct: Int
  /// Mean cross-entropy over what was seen, in nats; of regression the mean squared error, of fidelity NaN.
  public var loss: Double
  /// Time spent computing, in seconds.
  public var seconds: Double
  /// The task's headline: a fraction, of which 1 is the best. Accuracy, R2, token accuracy or agreement.
  public var score: Double
  /// Where the headline lies with 95 % confidence.
  public var interval: ClosedRange<Double>
  /// By how much the score is better than that of the model as it was, on the same samples; nil where that is not known.
  public var change: PairedChange?
  /// The same against the setting before.
  public var step: PairedChange?
  /// What else the task measures, in the order in which it is shown.
  public var figures: [Figure]

  /// A number that a task gives beside its headline.
  public struct Figure: Hashable, Sendable, Codable {
    /// As in JSON: `perplexity`.
    public var key: String
    public var value: Double

    public init(_ key: String, _ value: Double) {
      self.key = key
      self.value = value
    }
  }

  /// Of a classifier: the score is the fraction of the samples seen that are right, 0 where none was seen, its
  /// interval Wilson's.
  public init(
    samples: Int, total: Int, correct: Int, loss: Double, seconds: Double, figures: [Figure] = []
  ) {
    self.init(
      task: .classification, samples: samples, total: total, correct: correct, loss: loss, seconds: seconds,
      score: samples == 0 ? 0 : Double(correct) / Double(samples),
      interval: WilsonInterval.of(correct: correct, samples: samples), figures: figures)
  }

  public init(
    task: DataTask, samples: Int, total: Int, correct: Int, loss: Double, seconds: Double, score: Double,
    interval: ClosedRange<Double>, figures: [Figure] = []
  ) {
    self.task = task
    self.samples = samples
    self.total = total
    self.correct = correct
    self.loss = loss
    self.seconds = seconds
    self.score = score
    self.interval = interval
    self.figures = figures
  }

  /// Whether every sample was seen, so that nothing is left to chance but the choice of the data set.
  public var isExact: Bool { samples == total }
}

extension Evaluation: Codable {
  private enum Key: String, CodingKey {
    case task, samples, total, correct, loss, seconds, score, low, high, figures
  }

  /// What was written before there were tasks is a classifier's.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      samples: try values.decode(Int.self, forKey: .samples),
      total: try values.decode(Int.self, forKey: .total),
      correct: try values.decode(Int.self, forKey: .correct),
      loss: try values.decode(Double.self, forKey: .loss),
      seconds: try values.decode(Double.self, forKey: .seconds),
      figures: try values.decodeIfPresent([Figure].self, forKey: .figures) ?? [])
    guard let task = try values.decodeIfPresent(DataTask.self, forKey: .task), task != .classification else {
      return
    }
    self.task = task
    score = try values.decode(Double.self, forKey: .score)
    let low = try values.decode(Double.self, forKey: .low)
    interval = low...max(low, try values.decode(Double.self, forKey: .high))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(task, forKey: .task)
    try values.encode(samples, forKey: .samples)
    try values.encode(total, forKey: .total)
    try values.encode(correct, forKey: .correct)
    try values.encode(loss, forKey: .loss)
    try values.encode(seconds, forKey: .seconds)
    try values.encode(score, forKey: .score)
    try values.encode(interval.lowerBound, forKey: .low)
    try values.encode(interval.upperBound, forKey: .high)
    try values.encode(figures, forKey: .figures)
  }
}
