import Foundation

/// Up from a 25th of the highest rate in the first three tenths of the steps, then down to next to nothing, both along a
/// cosine (Smith and Topin 2019), as `torch.optim.lr_scheduler.OneCycleLR` has it without cycling the momentum.
public struct OneCycleSchedule: Schedule {
  public static let name = "one_cycle"

  /// The share of the steps in which the rate rises.
  static let rise = 0.3
  /// The first rate, as a share of the highest.
  static let first = 1.0 / 25
  /// The last rate, as a share of the highest.
  static let last = first / 1e4

  public init() {}

  public init(_ settings: DistillationSettings, stepsPerEpoch: Int) {}

  public func factor(at step: Int, of total: Int) -> Double {
    let top = Self.rise * Double(total) - 1
    let end = Double(max(total - 1, 0))
    let step = min(Double(step), end)
    if step <= top, top > 0 { return Self.between(Self.first, 1, step / top) }
    return Self.between(1, Self.last, end > top ? (step - top) / (end - top) : 1)
  }

  private static func between(_ start: Double, _ end: Double, _ share: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(.pi * share))
  }
}
