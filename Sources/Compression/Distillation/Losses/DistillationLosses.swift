/// The losses that Pare knows. A new one is a file beside this and a line here.
public enum DistillationLosses {
  static let all: [any DistillationLoss.Type] = [
    SoftenedDivergence.self,
    LogitsSquaredError.self,
    MeanSquaredError.self,
    CrossEntropy.self,
  ]

  /// What recipes call them.
  public static var names: [String] { all.map { $0.name } }

  /// The loss of a name in `names`.
  static func type(named name: String) -> (any DistillationLoss.Type)? { all.first { $0.name == name } }

  /// The loss that settings ask for, whose name is in `names`.
  public static func loss(for settings: DistillationSettings) -> any DistillationLoss {
    type(named: settings.loss)?.init(settings) ?? SoftenedDivergence(settings)
  }
}
