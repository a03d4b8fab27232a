import Graph
import Tensor

/// What decides a repair.
struct RepairKey: Hashable, Sendable {
  var pruning: PruningPlan
  var repair: Repair
  var data: ContentHash

  init(_ plan: Plan, _ repair: Repair, _ data: CalibrationData) {
    pruning = plan.pruning
    self.repair = repair
    self.repair.samples = min(repair.samples, data.samples)
    self.data = data.contentHash
  }
}

extension Compressor {
  /// What repairs change in the pruned model of a plan; nil where the recipe asks for none.
  ///
  /// - Throws: `CompressionError.calibration` where there are no samples, or what running the model throws.
  func repaired(
    _ recipe: Recipe, _ plan: Plan, _ data: CalibrationData?, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Repaired? {
    if recipe.repair.isNothing { return nil }
    guard let data else {
      throw CompressionError.calibration("the model is to be repaired, and there is no data to repair it by")
    }
    return try repairs(RepairKey(plan, recipe.repair, data)) {
      var pruned = plan
      (pruned.equalization, pruned.smoothing) = (nil, nil)
      var work = try RepairWork(
        model, try prunedGraph(pruned, isCancelled: isCancelled), plan.pruning, planner.channelGroups,
        recipe.repair, data,
        threads: threads, isCancelled: isCancelled)
      try work.run()
      return work.repaired
    }
  }

  /// A constant that repairs have added, its channels scaled as those of the layer that reads it.
  func addedConstant(_ name: String, _ tensor: Tensor, _ plan: Plan) -> Tensor {
    guard let weight = plan.repaired?.biased[name],
      let axis = model.layers.first(where: { $0.weight == weight })?.slot.outputAxis
    else { return tensor }
    let gone = plan.pruning.cuts[weight]?.positions[axis] ?? []
    let cuts = Cuts(positions: gone.isEmpty ? [:] : [0: gone])
    return plan.addedScales.reduce(tensor) { tensor, scales in
      scales[weight]?.cut(cuts).applied(to: tensor) ?? tensor
    }
  }
}
