import Compression
import Terminal

/// All that the screen can set on one layer.
package struct LayerSettings: Hashable, Sendable {
  /// Fraction that is pruned, 0...1.
  package var amount: Double = 0
  package var unit: PruningRule.Unit = .weight
  package var norm: Int = 1
  /// As in the recipe: nil to rank by the norm.
  package var criterion: String?
  package var seed: Int = 0
  package var counting: Counting = .torch
  /// Kept channels are a multiple of this, where they are taken out; nil for any number.
  package var roundTo: Int?
  /// Whether each output channel is ranked by itself, where the layer is.
  package var isByOutput = false
  /// Samples that a criterion observes.
  package var observed: Int = PruningRule.standardSamples
  /// Layers of the same number are ranked in one list, and share all that is above; nil for a layer that is ranked
  /// by itself.
  package var group: Int?
  /// Whether that list is of scores over their norm in each layer.
  package var isNormalized = false
  /// An amount of the recipe that is no fraction, until the slider moves.
  package var exact: Amount?

  /// 32 for a float.
  package var weightBits: Int = BitWidth.float
  package var weightScheme: WeightScheme = .symmetric
  package var granularity: Granularity = .channel
  package var linear: LinearOptions = .standard

  /// What the scheme makes of the bits: some have one width only.
  package var effectiveWeightBits: Int { weightScheme.width(nearest: weightBits) }

  /// 32 for a float.
  package var activationBits: Int = BitWidth.float
  package var activationScheme: Scheme = .affine
  package var calibration: Calibration = .minmax
  package var samples: Int = 512
  package var activationIsSigned = true
  package var activationIntegers = LinearOptions.Integers.standard

  package init() {}

  /// Where the slider of `column` stands.
  package func tick(_ column: Column) -> Int {
    switch column {
    case .prune: column.scale.tick(nearest: amount)
    case .weights: column.scale.tick(nearest: Double(weightBits))
    case .activations: column.scale.tick(nearest: Double(activationBits))
    }
  }

  package mutating func setTick(_ tick: Int, _ column: Column) {
    let value = column.scale.value(at: tick)
    switch column {
    case .prune:
      amount = value
      exact = nil
    case .weights:
      weightBits = Int(value)
      // Another width than the scheme's only one is asked for.
      if let only = weightScheme.fixedWidth, weightBits != only, weightBits != BitWidth.float {
        weightScheme = .symmetric
      }
    case .activations: activationBits = Int(value)
    }
  }

  /// The value of `column` as people read it: exactly, even where it lies between the slider's steps.
  package func text(_ column: Column) -> String {
    switch column {
    case .prune:
      if case .threshold(let threshold) = exact { return "≤ \(threshold.text(upTo: 4))" }
      // Two digits behind the point, one where three are before it or before long ones.
      return (amount * 100).text(upTo: (amount * 100).text(upTo: 2).count > 4 ? 1 : 2) + " %"
    case .weights: return "\(effectiveWeightBits)"
    case .activations: return "\(activationBits)"
    }
  }

  /// Takes over what layers of one list share.
  mutating func share(pruningOf other: LayerSettings) {
    amount = other.amount
    unit = other.unit
    norm = other.norm
    criterion = other.criterion
    seed = other.seed
    counting = other.counting
    isByOutput = other.isByOutput
    observed = other.observed
    isNormalized = other.isNormalized
    exact = other.exact
    roundTo = other.roundTo
    group = other.group
  }

  /// Takes over what layers of one weight share beside that.
  mutating func share(weightsOf other: LayerSettings) {
    weightBits = other.weightBits
    weightScheme = other.weightScheme
    granularity = other.granularity
    linear = other.linear
  }

  mutating func share(activationsOf other: LayerSettings) {
    activationBits = other.activationBits
    activationScheme = other.activationScheme
    calibration = other.calibration
    samples = other.samples
    activationIsSigned = other.activationIsSigned
    activationIntegers = other.activationIntegers
  }
}
