/// How a student is to be trained by its teacher, the model as it was.
public struct DistillationSettings: Hashable, Sendable {
  /// One of `DistillationLosses.names`.
  public var loss: String
  /// Share of the teacher's term in the loss, 0 to 1.
  public var alpha: Double
  /// What logits are divided by before they are compared.
  public var temperature: Double
  /// Activations that are compared as well.
  public var matches: [ActivationMatch]

  /// One of `Optimizers.names`.
  public var optimizer: String
  /// The highest rate; where it goes from there the schedule says.
  public var learningRate: Double
  /// Of optimizers that have one.
  public var momentum: Double
  /// Whether the momentum is Nesterov's.
  public var nesterov: Bool
  public var weightDecay: Double
  /// The global norm that gradients are cut down to; nil for as they are.
  public var clippingNorm: Double?

  /// One of `Schedules.names`.
  public var schedule: String
  /// Of the schedule "step": after how many epochs the rate falls, and to which share.
  public var stepEpochs: Int
  public var gamma: Double
  /// Epochs in which the rate rises from nothing.
  public var warmUpEpochs: Int

  public var epochs: Int
  public var batchSize: Int
  /// Of the order of samples, and of projections.
  public var seed: Int
  /// Epochs without a better score after which training ends; nil for never.
  public var patience: Int?

  /// Whether the recipe's quantization is simulated while training.
  public var simulatesQuantization: Bool
  /// Epochs before weights begin to be rounded, so that they have learned to do without what was pruned.
  public var quantizationDelay: Int
  /// Whether the scales are trained too (LSQ), or stay as calibration finds them.
  public var learnsScales: Bool
  public var masks: Masks
  public var student: Student

  /// Which pruned weights stay zero.
  public enum Masks: Hashable, Sendable {
    /// Those that the recipe prunes in the model as it was.
    case fixed
    /// More and more of those that are weakest by then, up to the recipe's amount.
    case gradual(Ramp = Ramp())

    /// One of each kind.
    public static let kinds: [Masks] = [.fixed, .gradual()]

    /// The word for it in a recipe.
    public var name: String {
      switch self {
      case .fixed: "fixed"
      case .gradual: "agp"
      }
    }
  }

  /// How pruning gets to its amount while training (Zhu and Gupta 2017).
  public struct Ramp: Hashable, Sendable {
    /// The share that is pruned from the first step, below 1.
    public var initial: Double
    /// Steps from one renewal of the masks to the next.
    public var every: Int
    /// The share of all steps after which the amount is reached.
    public var end: Double

    public init(initial: Double = 0, every: Int = 100, end: Double = 0.75) {
      self.initial = initial
      self.every = every
      self.end = end
    }
  }

  /// What is trained.
  public enum Student: Hashable, Sendable {
    /// What the recipe makes of the model.
    case compressed
    /// The model with so many of its channels, above 0 to 1: the most important ones, with their weights.
    case width(Double)
    /// The model without residual blocks, each named by a layer of its branch or a pattern.
    case withoutBlocks([String])
    /// Another ONNX file; its path is relative to the folder of the recipe's file, or to the current directory where the
    /// recipe comes from none.
    case file(String)

    /// One of each kind.
    public static let kinds: [Student] = [.compressed, .width(0.5), .withoutBlocks([]), .file("")]

    /// The word for it in a recipe.
    public var name: String {
      switch self {
      case .compressed: "compressed"
      case .width: "width"
      case .withoutBlocks: "drop_blocks"
      case .file: "file"
      }
    }
  }

  public init(
    loss: String = "kl_divergence", alpha: Double = 0.7, temperature: Double = 4,
    matches: [ActivationMatch] = [], optimizer: String = "adam", learningRate: Double = 0.001,
    momentum: Double = 0.9, nesterov: Bool = false, weightDecay: Double = 0, clippingNorm: Double? = nil,
    schedule: String = "cosine", stepEpochs: Int = 10, gamma: Double = 0.1, warmUpEpochs: Int = 0,
    epochs: Int = 3, batchSize: Int = 64, seed: Int = 0, patience: Int? = nil,
    simulatesQuantization: Bool = true, quantizationDelay: Int = 0, learnsScales: Bool = false,
    masks: Masks = .fixed, student: Student = .compressed
  ) {
    self.loss = loss
    self.alpha = alpha
    self.temperature = temperature
    self.matches = matches
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.clippingNorm = clippingNorm
    self.schedule = schedule
    self.stepEpochs = stepEpochs
    self.gamma = gamma
    self.warmUpEpochs = warmUpEpochs
    self.epochs = epochs
    self.batchSize = batchSize
    self.seed = seed
    self.patience = patience
    self.simulatesQuantization = simulatesQuantization
    self.quantizationDelay = quantizationDelay
    self.learnsScales = learnsScales
    self.masks = masks
    self.student = student
  }
}

/// An activation of the student that is to be like one of the teacher.
public struct ActivationMatch: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// All its numbers: `FeatureMatching`.
    case feature
    /// Where it is large: `AttentionTransfer`.
    case attention
  }

  public var kind: Kind
  /// Names of values of the graphs.
  public var student: String
  public var teacher: String
  /// What its loss is multiplied by, above 0.
  public var weight: Double
  /// The axis of the channels; -1 is the last.
  public var axis: Int

  public init(
    kind: Kind = .feature, student: String, teacher: String, weight: Double = 1, axis: Int = 1
  ) {
    self.kind = kind
    self.student = student
    self.teacher = teacher
    self.weight = weight
    self.axis = axis
  }
}
