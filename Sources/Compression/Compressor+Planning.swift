import Graph
import Tensor

/// From a recipe to its plan, and what samples tell for it.
extension Compressor {
  func plan(
    _ recipe: Recipe, _ calibration: CalibrationData?, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Plan {
    let data = recipe.isPlannedBySamples ? calibration : nil
    return try plans(PlanKey(recipe: recipe, data: data?.contentHash)) {
      var plan = try pruningPlan(recipe, data) { kinds, layers, samples, data in
        try self.observe(layers, kinds, data, samples: samples, isCancelled)
      }
      plan.repaired = try repaired(recipe, plan, data, isCancelled)
      if let alpha = recipe.smooth {
        let key = SmoothingKey(
          alpha: alpha, isEqualized: recipe.equalize, data: data?.contentHash ?? ContentHash(""))
        let source = SampleSource(data: data, isCancelled: isCancelled)
        plan.smoothing = (key, try smoothing(alpha, plan.equalization, source))
      }
      return plan
    }
  }

  private typealias Observe =
    @Sendable (Set<LayerObservation.Kind>, [Int], Int, CalibrationData) throws -> [Int:
    LayerObservation]

  private func pruningPlan(_ recipe: Recipe, _ data: CalibrationData?, _ observe: @escaping Observe) throws
    -> Plan
  {
    let observing = data.map { data in
      Observing(data: "\(data.contentHash)") { try observe($0, $1, $2, data) }
    }
    let plan = try planner.plan(recipe, observing: observing)
    _ = try CompressionError.naming(plan.removingFields.joined(separator: ", ")) {
      try shortenedGraph(plan)
    }
    return plan
  }

  private struct NotObserved: Error {}

  /// Whether `estimate` has to run the model for this recipe, because what the recipe asks of samples is not known
  /// yet: then it takes as long as that.
  public func mustObserve(_ recipe: Recipe, calibration: CalibrationData) -> Bool {
    if !recipe.observes { return false }
    do {
      let start = try start(of: recipe)
      if start.compressor !== self {
        return start.compressor.mustObserve(start.recipe, calibration: calibration)
      }
      if recipe.isPlannedBySamples { try requirePlanned(recipe, calibration) }
      let plan = try plan(recipe, calibration) { false }
      let samples = SampleSource(data: calibration) { false }
      if !unrounded(plan, samples).isEmpty { return true }
      return !correctedPlaces(plan).isEmpty && biases[biasKey(plan, calibration)] == nil
    } catch {
      // What else is wrong, `estimate` says at once.
      return error is NotObserved
    }
  }

  /// - Throws: `NotObserved` where a plan has to run the model.
  private func requirePlanned(_ recipe: Recipe, _ data: CalibrationData) throws {
    if plans[PlanKey(recipe: recipe, data: data.contentHash)] != nil { return }
    let plan = try pruningPlan(recipe, data) { kinds, layers, samples, data in
      let known = self.known(layers, kinds, data, samples: samples)
      if known.count < Set(layers).count { throw NotObserved() }
      return known
    }
    if !recipe.repair.isNothing, repairs[RepairKey(plan, recipe.repair, data)] == nil { throw NotObserved() }
    let key = MaximaKey(isEqualized: recipe.equalize, data: data.contentHash)
    if recipe.smooth != nil, maxima[key] == nil { throw NotObserved() }
  }

  private func known(
    _ layers: [Int], _ kinds: Set<LayerObservation.Kind>, _ data: CalibrationData, samples: Int,
    of model: FloatModelKey = FloatModelKey()
  ) -> [Int: LayerObservation] {
    var found: [Int: LayerObservation] = [:]
    for layer in layers { found[layer] = observations[key(layer, kinds, data, samples, model)] }
    return found
  }

  private func key(
    _ layer: Int, _ kinds: Set<LayerObservation.Kind>, _ data: CalibrationData, _ samples: Int,
    _ model: FloatModelKey
  ) -> ObservationKey {
    ObservationKey(
      model: model, layer: layer, kinds: kinds, samples: min(samples, data.samples), data: data.contentHash)
  }

  /// What samples tell of layers of the model as it is, or of another float model with the same nodes.
  ///
  /// - Parameter graph: asked for only if it has to be run; the model's own unless told.
  func observe(
    _ layers: [Int], _ kinds: Set<LayerObservation.Kind>, _ data: CalibrationData, samples: Int,
    of model: FloatModelKey = FloatModelKey(), graph: (() throws -> Graph)? = nil,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Int: LayerObservation] {
    var found = known(layers, kinds, data, samples: samples, of: model)
    let missing = Set(layers).filter { found[$0] == nil }.sorted()
    if missing.isEmpty { return found }
    let observer = LayerObserver(
      values: sampleValues(try graph?() ?? self.model.graph),
      layers: missing.map { self.model.layers[$0] }, kinds: kinds)
    let observed = try observer.observe(data, samples: samples, isCancelled: isCancelled)
    for (layer, observation) in zip(missing, observed) {
      found[layer] = observations(key(layer, kinds, data, samples, model)) { observation }
    }
    return found
  }

  /// Runs a graph that takes as many samples at a time as the model.
  func sampleValues(_ graph: Graph) -> SampleValues {
    SampleValues(graph: graph, threads: threads)
  }
}
