/// The same rate always.
public struct ConstantSchedule: Schedule {
  public static let name = "constant"

  public init() {}

  public init(_ settings: DistillationSettings, stepsPerEpoch: Int) {}

  public func factor(at step: Int, of total: Int) -> Double { 1 }
}
