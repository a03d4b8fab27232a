import Graph

/// A criterion, with what it had to know of samples.
struct Ranker: Sendable {
  let criterion: any PruningCriterion
  /// By the index of the layer; empty where the criterion asks for nothing.
  var observations: [Int: LayerObservation] = [:]
  /// Tells it from every other: results are remembered under it.
  let name: String

  init(_ criterion: any PruningCriterion, data: String? = nil) {
    self.criterion = criterion
    name = criterion.name + (data.map { " on \($0)" } ?? "")
  }

  var ofWeights: (any WeightCriterion)? { criterion as? any WeightCriterion }
  var ofChannels: (any ChannelCriterion)? { criterion as? any ChannelCriterion }
}

/// Measures layers of the model as it is, where a criterion asks for it.
struct Observing: Sendable {
  /// What tells the samples from all others.
  let data: String
  let observe:
    @Sendable (Set<LayerObservation.Kind>, _ layers: [Int], _ samples: Int) throws -> [Int: LayerObservation]
}

extension Planner {
  /// - Parameter layers: those whose weights will be ranked.
  /// - Throws: `CompressionError.calibration` where the criterion needs samples and there are none, or what
  ///   observing throws.
  func ranker(for rule: PruningRule, layers: [Int], _ observing: Observing?) throws -> Ranker {
    let criterion = PruningCriteria.criterion(for: rule)
    let kinds = type(of: criterion).observes
    guard !kinds.isEmpty, let first = layers.first else { return Ranker(criterion) }
    guard let observing else {
      throw CompressionError.calibration(
        "layer '\(model.layers[first].name)' is to be ranked by \(rule.criterion ?? ""), and there is no data "
          + "to observe it with")
    }
    var ranker = Ranker(criterion, data: "\(rule.samples) of \(observing.data)")
    ranker.observations = try observing.observe(kinds, layers, rule.samples)
    return ranker
  }
}
