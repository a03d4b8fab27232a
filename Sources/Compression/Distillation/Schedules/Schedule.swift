/// How the learning rate goes from step to step.
///
/// One file and one line in `Schedules` for each.
public protocol Schedule: Sendable {
  /// What recipes call it.
  static var name: String { get }

  /// - Parameter stepsPerEpoch: batches of an epoch.
  init(_ settings: DistillationSettings, stepsPerEpoch: Int)

  /// The share of the highest rate that a step takes.
  ///
  /// - Parameters:
  ///   - step: counted from 0.
  ///   - total: steps of the whole training.
  func factor(at step: Int, of total: Int) -> Double
}

/// The schedules that Pare knows. A new one is a file beside this and a line here.
public enum Schedules {
  static let all: [any Schedule.Type] = [
    ConstantSchedule.self,
    CosineSchedule.self,
    OneCycleSchedule.self,
    StepSchedule.self,
  ]

  /// What recipes call them.
  public static var names: [String] { all.map { $0.name } }

  /// The schedule of a name in `names`.
  static func type(named name: String) -> (any Schedule.Type)? { all.first { $0.name == name } }
}

/// A schedule with a rise in front of it, in which the rate goes up evenly from step to step.
public struct LearningRate: Sendable {
  public let highest: Double
  public let schedule: any Schedule
  /// Steps of the rise; the schedule has the others.
  public let warmUpSteps: Int
  public let totalSteps: Int

  public init(highest: Double, schedule: any Schedule, warmUpSteps: Int = 0, totalSteps: Int) {
    self.highest = highest
    self.schedule = schedule
    self.warmUpSteps = min(max(warmUpSteps, 0), max(totalSteps, 0))
    self.totalSteps = totalSteps
  }

  /// What settings ask for, whose schedule's name is in `Schedules.names`.
  public init(_ settings: DistillationSettings, stepsPerEpoch: Int) {
    let type: any Schedule.Type = Schedules.type(named: settings.schedule) ?? CosineSchedule.self
    self.init(
      highest: settings.learningRate, schedule: type.init(settings, stepsPerEpoch: stepsPerEpoch),
      warmUpSteps: settings.warmUpEpochs * stepsPerEpoch, totalSteps: settings.epochs * stepsPerEpoch)
  }

  /// The rate of a step, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmUpSteps { return highest * Double(step + 1) / Double(warmUpSteps) }
    return highest * schedule.factor(at: step - warmUpSteps, of: totalSteps - warmUpSteps)
  }
}
