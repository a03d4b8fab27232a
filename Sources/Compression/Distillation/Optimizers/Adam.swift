import Foundation

/// Adam (Kingma and Ba 2015), as `torch.optim.Adam` has it: weight decay is part of the gradient.
public struct Adam: Optimizer {
  public static let name = "adam"
  public static let hasMomentum = false

  public let weightDecay: Double

  public init(weightDecay: Double = 0) { self.weightDecay = weightDecay }

  public init(_ settings: DistillationSettings) { self.init(weightDecay: settings.weightDecay) }

  public var momentCount: Int { AdamStep.momentCount }

  public func update(
    _ parameter: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    moments: [UnsafeMutablePointer<Float>], steps: Int, learningRate: Double
  ) {
    AdamStep(steps: steps, learningRate: learningRate, slopeDecay: weightDecay, factor: 1)
      .update(parameter, gradient, mean: moments[0], square: moments[1])
  }
}

/// A step by the mean and the mean square of the gradients so far.
struct AdamStep {
  /// The mean and the mean square.
  static let momentCount = 2

  static let beta1 = 0.9
  static let beta2 = 0.999
  static let epsilon = 1e-8

  private let slopeDecay: Float
  private let factor: Float
  private let stepSize: Float
  private let correction: Float

  /// - Parameters:
  ///   - steps: that were taken before.
  ///   - slopeDecay: how much of the parameter is added to its gradient.
  ///   - factor: what the parameter is multiplied by before anything else.
  init(steps: Int, learningRate: Double, slopeDecay: Double, factor: Double) {
    self.slopeDecay = Float(slopeDecay)
    self.factor = Float(factor)
    let step = Double(steps + 1)
    stepSize = Float(learningRate / (1 - pow(Self.beta1, step)))
    correction = Float((1 - pow(Self.beta2, step)).squareRoot())
  }

  func update(
    _ parameter: UnsafeMutableBufferPointer<Float>, _ gradient: UnsafeBufferPointer<Float>,
    mean: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>
  ) {
    let (rest1, beta2, rest2) = (Float(1 - Self.beta1), Float(Self.beta2), Float(1 - Self.beta2))
    let epsilon = Float(Self.epsilon)
    for index in 0..<parameter.count {
      let start = parameter[index] * factor
      let slope = gradient[index] + slopeDecay * start
      mean[index] += rest1 * (slope - mean[index])
      square[index] = beta2 * square[index] + rest2 * slope * slope
      let size = square[index].squareRoot() / correction + epsilon
      parameter[index] = start - stepSize * (mean[index] / size)
    }
  }
}
