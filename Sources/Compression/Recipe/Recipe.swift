/// What is to be done to a model: an immutable value that a file, the dashboard and the command line share.
///
/// In each list of rules the last one that matches a layer wins for that layer.
public struct Recipe: Hashable, Sendable {
  public var pruning: [PruningRule]
  public var weights: [WeightRule]
  public var activations: [ActivationRule]
  public var distillation: Distillation?

  public init(
    pruning: [PruningRule] = [], weights: [WeightRule] = [], activations: [ActivationRule] = [],
    distillation: Distillation? = nil
  ) {
    self.pruning = pruning
    self.weights = weights
    self.activations = activations
    self.distillation = distillation
  }

  /// Changes nothing.
  public static let empty = Recipe()

  /// The version of the format that this program reads and writes.
  public static let version = 1
}

/// How much to prune.
public enum Amount: Hashable, Sendable {
  /// A share from 0 to 1.
  case fraction(Double)
  /// A number of weights or channels.
  case count(Int)

  /// Whether nothing goes, whatever there is.
  public var isNothing: Bool { self == .fraction(0) || self == .count(0) }

  /// How many of `total` that is; a fraction is rounded half to even, as `torch.nn.utils.prune` does.
  /// May exceed `total` for a count.
  public func count(of total: Int) -> Int {
    switch self {
    case .fraction(let fraction): Int((fraction * Double(total)).rounded(.toNearestOrEven))
    case .count(let count): count
    }
  }
}

/// Sets the weakest weights or channels of layers to zero, or takes the channels out.
public struct PruningRule: Hashable, Sendable {
  /// What is ranked together.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Each layer by itself.
    case layer
    /// All layers of the rule in one list.
    case global
  }

  /// What goes as a whole.
  public enum Unit: Hashable, Sendable {
    case weight
    /// A slice along an axis of the weight, its output axis unless another is named. Where `remove` is set
    /// the channel is taken out of the model, not only set to zero.
    case channel(axis: Int? = nil, remove: Bool = false)
  }

  /// Names of layers, or patterns with `*` and `?`.
  public var layers: [String]
  public var scope: Scope
  public var unit: Unit
  /// The `n` of the Ln norm by which channels are ranked; single weights are ranked by their magnitude,
  /// which is the same for all.
  public var norm: Int
  public var amount: Amount

  public init(
    layers: [String], scope: Scope = .layer, unit: Unit = .weight, norm: Int = 1, amount: Amount
  ) {
    self.layers = layers
    self.scope = scope
    self.unit = unit
    self.norm = norm
    self.amount = amount
  }
}

/// Where zero lies.
public enum Scheme: String, Hashable, Sendable, CaseIterable {
  /// In the middle.
  case symmetric
  /// Where the range of values puts it.
  case affine
}

/// What shares one scale.
public enum Granularity: String, Hashable, Sendable, CaseIterable {
  case tensor
  /// Each channel of the weight's output axis has its own.
  case channel
}

/// How the range of a tensor is found from samples.
public enum Calibration: Hashable, Sendable {
  /// From the least to the greatest value.
  case minmax
  /// The averages of the batches' least and greatest values.
  case movingAverage
  /// The magnitude that a percentage of the values does not exceed, above 0 to 100.
  case percentile(Double)
  /// The range that loses least information, by Kullback and Leibler.
  case entropy
  /// The range with the least squared error.
  case mse

  /// The percentage that ONNX Runtime takes.
  public static let standardPercentile = 99.999

  /// One of each kind.
  public static let kinds: [Calibration] = [
    .minmax, .movingAverage, .percentile(standardPercentile), .entropy, .mse,
  ]

  /// The word for it in a recipe.
  public var name: String {
    switch self {
    case .minmax: "minmax"
    case .movingAverage: "moving_average"
    case .percentile: "percentile"
    case .entropy: "entropy"
    case .mse: "mse"
    }
  }
}

/// The widths that a recipe may ask for.
public enum BitWidth {
  /// What quantization takes, but for 16 bits where a scheme has them.
  public static let quantized = 2...8
  /// Left as it is: takes a layer out of an earlier rule.
  public static let float = 32
}

/// Quantizes the weights of layers.
public struct WeightRule: Hashable, Sendable {
  public var layers: [String]
  /// One of the scheme's widths, or 32 to leave them as they are.
  public var bits: Int
  public var scheme: WeightScheme
  /// Of linear schemes; `tensor` for the others.
  public var granularity: Granularity
  /// Of linear schemes; `standard` for the others.
  public var linear: LinearOptions

  public init(
    layers: [String], bits: Int, scheme: WeightScheme = .symmetric, granularity: Granularity = .tensor,
    linear: LinearOptions = .standard
  ) {
    self.layers = layers
    self.bits = bits
    self.scheme = scheme
    self.granularity = granularity
    self.linear = linear
  }
}

/// Quantizes what flows into layers linearly, with one scale a tensor.
public struct ActivationRule: Hashable, Sendable {
  public var layers: [String]
  /// 2 to 8, or 32 to leave it as it is.
  public var bits: Int
  public var scheme: Scheme
  public var calibration: Calibration
  /// Number of samples by which the range is found; all, where there are fewer.
  public var samples: Int

  public init(
    layers: [String], bits: Int, scheme: Scheme = .affine, calibration: Calibration = .minmax,
    samples: Int = 512
  ) {
    self.layers = layers
    self.bits = bits
    self.scheme = scheme
    self.calibration = calibration
    self.samples = samples
  }
}

/// How a compressed model is to be trained by its original (Hinton 2015).
public struct Distillation: Hashable, Sendable {
  /// Share of the teacher's term in the loss, 0 to 1.
  public var alpha: Double
  public var temperature: Double
  public var epochs: Int
  public var learningRate: Double
  public var seed: Int

  public init(
    alpha: Double = 0.7, temperature: Double = 4, epochs: Int = 3, learningRate: Double = 0.001, seed: Int = 0
  ) {
    self.alpha = alpha
    self.temperature = temperature
    self.epochs = epochs
    self.learningRate = learningRate
    self.seed = seed
  }
}
