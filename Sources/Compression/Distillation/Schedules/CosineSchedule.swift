import Foundation

/// Half a wave of the cosine, from the highest rate to nothing (Loshchilov and Hutter 2017), as
/// `torch.optim.lr_scheduler.CosineAnnealingLR` has it over all steps.
public struct CosineSchedule: Schedule {
  public static let name = "cosine"

  public init() {}

  public init(_ settings: DistillationSettings, stepsPerEpoch: Int) {}

  public func factor(at step: Int, of total: Int) -> Double {
    (1 + cos(.pi * Double(min(step, total)) / Double(max(total, 1)))) / 2
  }
}
