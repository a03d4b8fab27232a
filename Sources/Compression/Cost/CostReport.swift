/// What a model costs.
public struct CostReport: Hashable, Sendable, Codable {
  /// Elements of every floating-point constant, biases and batch normalisation included. A quantized weight
  /// counts its elements once; scales and zero points are no parameters.
  public var parameters: Int
  /// Parameters that are not zero; in a quantized weight, those that do not stand for zero.
  public var nonzeroParameters: Int
  /// What parameters, scales and zero points take, each at its own width.
  public var sizeBytes: Int
  /// Multiply-accumulates for one sample.
  public var macs: Int
  /// Those without the ones with a zero weight.
  public var effectiveMacs: Int
  /// Bytes of the values alive at once, at most, for one sample in float32.
  public var peakActivationBytes: Int
  /// False where the size of some value is not known; MACs and memory then leave it out.
  public var isComplete: Bool
  /// In the model's order.
  public var layers: [LayerCost]

  public init(
    parameters: Int, nonzeroParameters: Int, sizeBytes: Int, macs: Int, effectiveMacs: Int,
    peakActivationBytes: Int, isComplete: Bool, layers: [LayerCost]
  ) {
    self.parameters = parameters
    self.nonzeroParameters = nonzeroParameters
    self.sizeBytes = sizeBytes
    self.macs = macs
    self.effectiveMacs = effectiveMacs
    self.peakActivationBytes = peakActivationBytes
    self.isComplete = isComplete
    self.layers = layers
  }
}

extension CostReport {
  /// Bit operations for one sample: MACs x weight bits x activation bits, summed over the layers; 32 bits where
  /// something is not quantized. What multiplies without a weight counts as 32 by 32.
  public var bops: Int {
    let others = max(0, macs - layers.reduce(0) { $0.plus($1.macs) })
    return layers.reduce(others.times(32 * 32)) { $0.plus($1.bops) }
  }
}

/// What one layer costs. A weight that two layers share is counted at both, but once in the model's sum.
public struct LayerCost: Hashable, Sendable, Codable {
  public var name: String
  /// Elements of weight and bias.
  public var parameters: Int
  public var nonzero: Int
  /// Elements of the weight alone.
  public var weights: Int
  public var nonzeroWeights: Int
  /// Weight and bias with the weight's scales and zero points.
  public var sizeBytes: Int
  public var macs: Int
  public var effectiveMacs: Int
  /// Bits of one weight, 32 for float32.
  public var weightBits: Int
  /// Bits of one value that flows in, 32 where it is not quantized.
  public var activationBits: Int

  public init(
    name: String, parameters: Int, nonzero: Int, weights: Int, nonzeroWeights: Int, sizeBytes: Int,
    macs: Int, effectiveMacs: Int, weightBits: Int, activationBits: Int
  ) {
    self.name = name
    self.parameters = parameters
    self.nonzero = nonzero
    self.weights = weights
    self.nonzeroWeights = nonzeroWeights
    self.sizeBytes = sizeBytes
    self.macs = macs
    self.effectiveMacs = effectiveMacs
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  /// Bit operations for one sample: MACs x weight bits x activation bits.
  public var bops: Int { macs.times(weightBits * activationBits) }

  /// Share of the weights that are zero.
  public var sparsity: Double { weights == 0 ? 0 : 1 - Double(nonzeroWeights) / Double(weights) }
}
