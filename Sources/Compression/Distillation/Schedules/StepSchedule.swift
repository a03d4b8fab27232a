import Foundation

/// A fall to a share of what it was after every so many steps, as `torch.optim.lr_scheduler.StepLR` has it.
public struct StepSchedule: Schedule {
  public static let name = "step"

  /// Steps from one fall to the next.
  public let every: Int
  /// What each fall multiplies the rate by.
  public let gamma: Double

  public init(every: Int, gamma: Double = 0.1) {
    self.every = max(every, 1)
    self.gamma = gamma
  }

  public init(_ settings: DistillationSettings, stepsPerEpoch: Int) {
    self.init(every: settings.stepEpochs * stepsPerEpoch, gamma: settings.gamma)
  }

  public func factor(at step: Int, of total: Int) -> Double { pow(gamma, Double(step / every)) }
}
