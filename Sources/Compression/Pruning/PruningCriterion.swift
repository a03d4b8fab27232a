import Tensor

/// How much a weight or a channel is worth keeping.
///
/// One file and one line in `PruningCriteria` for each.
public protocol PruningCriterion: Sendable {
  /// nil where the rule asks for another criterion.
  init?(_ rule: PruningRule)

  /// Tells it from every other criterion, its parameters included: results are remembered under it.
  var name: String { get }

  /// One number a weight, in row-major order. The lowest go first.
  func scores(of weight: Tensor) -> [Float]

  /// One number a slice along `axis`. The lowest go first.
  func scores(ofSlicesAlong axis: Int, in weight: Tensor) -> [Double]

  /// Whether weights that are zero already have the lowest scores of all, and only they.
  var zerosGoFirst: Bool { get }
}

extension PruningCriterion {
  public var zerosGoFirst: Bool { false }
}

/// The criteria that Pare knows. A new one is a file beside this and a line here.
public enum PruningCriteria {
  static let all: [any PruningCriterion.Type] = [
    Magnitude.self
  ]

  /// The criterion that a rule asks for: the first that takes it.
  static func criterion(for rule: PruningRule) -> any PruningCriterion {
    for type in all {
      if let criterion = type.init(rule) { return criterion }
    }
    return Magnitude(norm: rule.norm)
  }
}
