import Engine
import Graph
import Tensor

/// Masks that follow the weights while these train: ever more of those that are weakest by then are pruned (AGP, Zhu and
/// Gupta 2017).
public struct GradualMasks: Sendable {
  private let rules: [PruningRule]
  private let ramp: DistillationSettings.Ramp

  /// Criteria that put what is zero before all else, so that what was masked is what goes in the end.
  private static let criteria: Set<String?> = [nil, "l1", "l2"]

  /// - Throws: `DistillationStudent.Failure` for rules that cannot grow.
  init(_ recipe: Recipe, _ ramp: DistillationSettings.Ramp) throws(DistillationStudent.Failure) {
    self.ramp = ramp
    if recipe.pruning.isEmpty { throw .masks("there is no \"pruning\" that masks could grow to") }
    for rule in recipe.pruning {
      guard case .fraction = rule.amount else {
        throw .masks("rules of \"pruning\" need an \"amount\" that is a share")
      }
      guard Self.criteria.contains(rule.criterion) else {
        throw .masks("weights must be ranked by their size, not by \"\(rule.criterion ?? "")\"")
      }
      if case .head = rule.unit { throw .masks("heads go all at once; prune weights or channels") }
    }
    rules = recipe.pruning
  }

  private func growth(_ final: Double, of totalSteps: Int) -> GradualPruning {
    GradualPruning(ramp, final: final, totalSteps: totalSteps)
  }

  /// Whether masks are renewed before a step, counted from 0.
  public func renews(at step: Int, of totalSteps: Int) -> Bool {
    growth(1, of: totalSteps).renewsMasks(at: step)
  }

  /// The masks for a step: for each pruned weight `false` where a number is zero from now on.
  ///
  /// - Parameter graph: with the weights as they are by then.
  /// - Throws: as `Compressor.apply`.
  public func masks(of graph: Graph, at step: Int, of totalSteps: Int) throws -> [String: [Bool]] {
    let model = try Model(graph)
    let compressor = Compressor(model)
    let rules = rules.map { rule in
      var rule = rule
      if case .fraction(let final) = rule.amount {
        let sparsity = growth(final, of: totalSteps).sparsity(at: step)
        rule.amount = .fraction(sparsity)
        if sparsity != final { rule.roundTo = nil }
      }
      return rule
    }
    // What is taken out in the end is in its place until then, and ranked as it will be.
    let (removing, others) = (rules.filter(\.unit.takesOut), rules.filter { !$0.unit.takesOut })
    var masks = Self.zeros(try compressor.apply(Recipe(pruning: others)).graph, model)
    if !removing.isEmpty {
      let reports = try compressor.apply(Recipe(pruning: removing)).layers
      for (layer, report) in zip(model.layers, reports) where report.removed {
        var mask = masks[layer.weight] ?? [Bool](repeating: true, count: layer.shape.count)
        let gone = Set(report.prunedChannels)
        layer.shape.forEachRun(along: layer.slot.outputAxis) { slice, run in
          if gone.contains(slice) { for index in run { mask[index] = false } }
        }
        masks[layer.weight] = mask
      }
    }
    return masks
  }

  /// The zeros of weights that have some.
  private static func zeros(_ graph: Graph, _ model: Model) -> [String: [Bool]] {
    var masks: [String: [Bool]] = [:]
    for layer in model.layers {
      guard let weight = graph.constants[layer.weight], weight.dtype == .float32 else { continue }
      let mask = weight.withElements(of: Float.self) { values in values.map { $0 != 0 } }
      if mask.contains(false) { masks[layer.weight] = mask }
    }
    return masks
  }
}
