import Tensor

/// What is to be done to a model: an immutable value that a file, the dashboard and the command line share.
///
/// In each list of rules the last one that matches a layer wins for that layer.
public struct Recipe: Hashable, Sendable {
  /// The trained model to begin with in place of the original, by the fingerprint of its graph; nil for the original.
  public var trained: ContentHash?
  public var pruning: [PruningRule]
  public var weights: [WeightRule]
  public var activations: [ActivationRule]
  /// What is done to the pruned model before it is quantized.
  public var repair: Repair
  /// Whether the channels of layers that follow each other are scaled to equal ranges before they are quantized.
  public var equalize: Bool
  /// The tool that linear quantization follows; nil for Pare's own choice, which has ONNX Runtime's numbers at 8 bits.
  public var mode: QuantizationMode?
  public var tensors: QuantizedTensors
  /// Whether biases make up for what rounding weights adds to the mean of what layers write.
  public var correctsBiases: Bool
  /// How much of their range channels with large activations give to the weights that read them, from 0 for none to 1 for all;
  /// nil to leave channels as they are.
  public var smooth: Double?
  /// How what comes of the rest is to be trained; nil for not at all. Compressing carries it along and does nothing with it.
  public var distillation: DistillationSettings?

  public init(
    pruning: [PruningRule] = [], weights: [WeightRule] = [], activations: [ActivationRule] = [],
    repair: Repair = .none, equalize: Bool = false, correctsBiases: Bool = false, smooth: Double? = nil,
    mode: QuantizationMode? = nil, tensors: QuantizedTensors? = nil,
    distillation: DistillationSettings? = nil,
    trained: ContentHash? = nil
  ) {
    self.trained = trained
    self.pruning = pruning
    self.weights = weights
    self.activations = activations
    self.repair = repair
    self.equalize = equalize
    self.mode = mode
    self.tensors = tensors ?? .standard(in: mode)
    self.correctsBiases = correctsBiases
    self.smooth = smooth
    self.distillation = distillation
  }

  /// Changes nothing.
  public static let empty = Recipe()

  /// The share of SmoothQuant's paper.
  public static let standardSmoothing = 0.5

  /// The version of the format that this program reads and writes.
  public static let version = 1
}

/// How much to prune.
public enum Amount: Hashable, Sendable {
  /// A share from 0 to 1.
  case fraction(Double)
  /// A number of weights or channels.
  case count(Int)
  /// All whose score is at or below this: magnitudes of weights, norms of blocks and channels.
  case threshold(Double)
  /// Shares and numbers, each of what the ones before it have left, as when `torch.nn.utils.prune` prunes again.
  case steps([Amount])

  /// Whether nothing goes, whatever there is.
  public var isNothing: Bool {
    if case .steps(let steps) = self { return steps.allSatisfy(\.isNothing) }
    return self == .fraction(0) || self == .count(0)
  }

  /// How many of `total` that is; a fraction is rounded half to even, as `torch.nn.utils.prune` does.
  /// May exceed `total` for a count. What a threshold comes to only the weights say: here it is 0.
  public func count(of total: Int) -> Int {
    switch self {
    case .threshold: 0
    case .fraction(let fraction): Int((fraction * Double(total)).rounded(.toNearestOrEven))
    case .count(let count): count
    case .steps(let steps):
      steps.reduce(0) { gone, step in
        let (sum, overflows) = gone.addingReportingOverflow(step.count(of: max(0, total - gone)))
        return overflows ? .max : sum
      }
    }
  }
}

/// Sets the weakest weights, channels or heads of layers to zero, or takes the channels or heads out.
public struct PruningRule: Hashable, Sendable {
  /// What is ranked together.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Each layer by itself.
    case layer
    /// All layers of the rule in one list.
    case global
    /// The same, by scores over their Euclidean norm in each layer, as NNCF compares layers.
    case globalNormalized = "global_normalized"
    /// Each output channel of each layer by itself: all lose as many, as Wanda has it.
    case output
  }

  /// What goes as a whole.
  public enum Unit: Hashable, Sendable {
    case weight
    /// A slice along an axis of the weight, its output axis unless another is named. Where `remove` is set
    /// the channel is taken out of the model, not only set to zero, and with it all that is tied to it.
    case channel(axis: Int? = nil, remove: Bool = false)
    /// A head of an attention: what all layers that make it have of it, and what reads it. A layer of the attention
    /// stands for all of them. Set to zero, or taken out of the model where `remove` is set.
    case head(remove: Bool = false)
    /// A block of the weight as a matrix of output channels by all that each sums; see `BlockGrid`.
    case block(rows: Int, columns: Int)
    /// Of every `m` neighbours along the input axis the best `n` stay. The rest may go: all of it at amount 1, as
    /// hardware for 2:4 wants it; less begins with the weakest.
    case pattern(n: Int, m: Int)
  }

  /// As many samples as activations are measured by.
  public static let standardSamples = 512

  /// Names of layers, or patterns with `*` and `?`.
  public var layers: [String]
  public var scope: Scope
  public var unit: Unit
  /// The `n` of the Ln norm by which channels are ranked; single weights are ranked by their magnitude,
  /// which is the same for all.
  public var norm: Int
  /// One of `PruningCriteria.names`, or nil to rank by the norm.
  public var criterion: String?
  /// Of a criterion that draws by chance.
  public var seed: Int
  /// Number of samples that a criterion observes which knows more than weights; all, where there are fewer.
  public var samples: Int
  public var amount: Amount
  /// Whose way of rounding the amount is followed.
  public var counting: Counting
  /// Where channels are taken out, the number that is kept of each group of them is rounded down to a multiple
  /// of this, at least one; nil to leave it as it is.
  public var roundTo: Int?

  public init(
    layers: [String], scope: Scope = .layer, unit: Unit = .weight, norm: Int = 1, criterion: String? = nil,
    seed: Int = 0, samples: Int = PruningRule.standardSamples, amount: Amount, counting: Counting = .torch,
    roundTo: Int? = nil
  ) {
    self.layers = layers
    self.scope = scope
    self.unit = unit
    self.norm = norm
    self.criterion = criterion
    self.seed = seed
    self.samples = samples
    self.amount = amount
    self.counting = counting
    self.roundTo = roundTo
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
public enum Granularity: Hashable, Sendable {
  case tensor
  /// Each channel of the weight's output axis has its own.
  case channel
  /// So many neighbours along the weight's input axis, at the same position elsewhere, have their own.
  case block(Int)

  /// The sizes of blocks that a recipe may ask for.
  public static let blockSizes = [32, 64, 128]

  /// One of each kind.
  public static let kinds: [Granularity] = [.tensor, .channel, .block(blockSizes[0])]

  /// The word for it in a recipe.
  public var name: String {
    switch self {
    case .tensor: "tensor"
    case .channel: "channel"
    case .block: "block"
    }
  }
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
  /// The range that training with learned scales has left in the model; from the least to the greatest value where there
  /// is none.
  case learned

  /// The percentage that ONNX Runtime takes.
  public static let standardPercentile = 99.999

  /// One of each kind.
  public static let kinds: [Calibration] = [
    .minmax, .movingAverage, .percentile(standardPercentile), .entropy, .mse, .learned,
  ]

  /// The word for it in a recipe.
  public var name: String {
    switch self {
    case .minmax: "minmax"
    case .movingAverage: "moving_average"
    case .percentile: "percentile"
    case .entropy: "entropy"
    case .mse: "mse"
    case .learned: "learned"
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
  /// Whether the integers are int8, else uint8.
  public var isSigned: Bool
  /// By which of them the scale is found; 8 bits saturate at the ends of their type all the same.
  public var integers: LinearOptions.Integers

  public init(
    layers: [String], bits: Int, scheme: Scheme = .affine, calibration: Calibration = .minmax,
    samples: Int = 512, isSigned: Bool = true, integers: LinearOptions.Integers = .standard
  ) {
    self.layers = layers
    self.bits = bits
    self.scheme = scheme
    self.calibration = calibration
    self.samples = samples
    self.isSigned = isSigned
    self.integers = integers
  }
}
