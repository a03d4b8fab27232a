/// Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019), as `torch.optim.AdamW` has it.
public struct AdamW: Optimizer {
  public static let name = "adamw"
  public static let hasMomentum = false

  public let weightDecay: Double

  public init(weightDecay: Double = 0) { self.weightDecay = weightDecay }

  public init(_ settings: DistillationSettings) { self.init(weightDecay: settings.weightDecay) }

  public var momentCount: Int { AdamStep.momentCount }

  public func update(
    _ parameter: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    moments: [UnsafeMutablePointer<Float>], steps: Int, learningRate: Double
  ) {
    AdamStep(steps: steps, learningRate: learningRate, slopeDecay: 0, factor: 1 - learningRate * weightDecay)
      .update(parameter, gradient, mean: moments[0], square: moments[1])
  }
}
