/// Stochastic gradient descent with momentum, as `torch.optim.SGD` has it without dampening.
public struct SGD: Optimizer {
  public static let name = "sgd"
  public static let hasMomentum = true

  public let momentum: Double
  public let nesterov: Bool
  public let weightDecay: Double

  public init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }

  public init(_ settings: DistillationSettings) {
    self.init(
      momentum: settings.momentum, nesterov: settings.nesterov, weightDecay: settings.weightDecay)
  }

  public var momentCount: Int { momentum == 0 ? 0 : 1 }

  public func update(
    _ parameter: UnsafeMutableBufferPointer<Float>, gradient: UnsafeBufferPointer<Float>,
    moments: [UnsafeMutablePointer<Float>], steps: Int, learningRate: Double
  ) {
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    let count = parameter.count
    if self.momentum == 0 {
      for index in 0..<count {
        parameter[index] -= rate * (gradient[index] + decay * parameter[index])
      }
      return
    }
    // From zeros the first step leaves the gradient itself, as torch does.
    let velocity = moments[0]
    if nesterov {
      for index in 0..<count {
        let slope = gradient[index] + decay * parameter[index]
        velocity[index] = momentum * velocity[index] + slope
        parameter[index] -= rate * (slope + momentum * velocity[index])
      }
    } else {
      for index in 0..<count {
        let slope = gradient[index] + decay * parameter[index]
        velocity[index] = momentum * velocity[index] + slope
        parameter[index] -= rate * velocity[index]
      }
    }
  }
}
