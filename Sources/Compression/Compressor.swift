import Foundation
import Graph
import Tensor

/// Applies recipes to one model, and keeps what it has worked out for the next one.
///
/// What it returns depends on its arguments only, never on what was asked before. It can be used from any
/// thread.
public final class Compressor: Sendable {
  public let model: Model
  /// What the model costs as it is.
  public let baseline: CostReport
  let planner: Planner
  let sheet: CostSheet
  let memory: PeakMemory
  let threads: Int
  let starts: Starts
  let plans: Memo<PlanKey, Plan>
  let observations: Memo<ObservationKey, LayerObservation>
  private let shortened: Memo<[String: Cuts], ShortenedGraph>
  let repairs: Memo<RepairKey, Repaired>
  private let pruned: Memo<WeightKey, Tensor>
  private let nonzero: Memo<WeightKey, Int>
  private let quantized: Memo<QuantizedKey, any StoredWeight>
  let biases: Memo<BiasKey, [CorrectedBias]>
  let maxima: Memo<MaximaKey, [[Double]]>
  let weightRanges: Memo<RangesKey, WeightRanges?>
  let roundedAway: Memo<QuantizedKey, RoundedAway?>
  let statistics: Memo<StatisticsKey, [String: TensorStatistics]>
  let histograms: Memo<StatisticsKey, [String: TensorStatistics]>
  let found: Memo<RangeKey, ActivationRanges.Range>

  struct PlanKey: Hashable, Sendable {
    var recipe: Recipe
    /// Nil where it makes no difference.
    var data: ContentHash?
  }

  struct ObservationKey: Hashable, Sendable {
    var model: FloatModelKey
    var layer: Int
    var kinds: Set<LayerObservation.Kind>
    var samples: Int
    var data: ContentHash
  }

  struct StatisticsKey: Hashable, Sendable {
    var model: FloatModelKey
    var samples: Int
    var data: ContentHash
    var tensors: [String]
  }

  struct RangeKey: Hashable, Sendable {
    var statistics: StatisticsKey
    var tensor: String
    var calibration: Calibration
    var form: LinearForm
  }

  /// - Parameters:
  ///   - threads: processor cores to use where the model has to be run.
  ///   - trained: gives the trained models that recipes begin with; none unless told.
  public init(
    _ model: Model, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    trained: @escaping @Sendable (ContentHash) throws -> Model = Starts.none
  ) {
    self.model = model
    self.threads = threads
    starts = Starts(trained)
    planner = Planner(model)
    memory = PeakMemory(model.typed)
    sheet = Cost.sheet(model)
    baseline = sheet.report
    plans = Memo(limit: 32)
    shortened = Memo(limit: 8)
    nonzero = Memo(limit: 4096)
    biases = Memo(limit: 64)
    maxima = Memo(limit: 8)
    statistics = Memo(limit: 64)
    histograms = Memo(limit: 16)
    found = Memo(limit: 1024)
    // Room for the last few variants of every weight.
    let room = max(64 << 20, 3 * model.graph.constants.values.reduce(0) { $0 + $1.byteCount })
    pruned = Memo(limit: room) { $0.byteCount }
    quantized = Memo(limit: room / 2) { $0.byteCount }
    observations = Memo(limit: room) { $0.byteCount }
    weightRanges = Memo(limit: room / 8) { 8 * ($0?.ranges.count ?? 1) }
    roundedAway = Memo(limit: room / 8) { $0?.byteCount ?? 1 }
    repairs = Memo(limit: room) { $0.byteCount }
  }

  /// The model after a recipe. Constants that a recipe leaves alone are shared with the model.
  ///
  /// - Parameters:
  ///   - calibration: samples, needed where activations are quantized.
  ///   - isCancelled: asked often, from any thread; true ends the work.
  /// - Throws: `RecipeError` where the recipe does not fit the model, `CompressionError` where a layer does not
  ///   take what is asked, `CompressionError.cancelled`, or what running the model throws.
  public func apply(
    _ recipe: Recipe, calibration: CalibrationData? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CompressedModel {
    let start = try start(of: recipe)
    if start.compressor !== self {
      var result = try start.compressor.apply(
        start.recipe, calibration: calibration, isCancelled: isCancelled)
      result.recipe = recipe
      return result
    }
    let samples = SampleSource(data: calibration, isCancelled: isCancelled)
    let plan = try plan(recipe, calibration, isCancelled)
    var graph = try prunedGraph(plan, isCancelled: isCancelled)
    let ranges = try ranges(plan, graph: graph, calibration: calibration, isCancelled: isCancelled)
    try roundObserved(plan, samples)
    graph = try quantizedGraph(plan, graph: graph, ranges: ranges, samples)
    return CompressedModel(graph: graph, recipe: recipe, layers: reports(plan), ranges: ranges)
  }

  // MARK: - Stages, each remembered

  /// What the graph becomes where channels are taken out; nil where none are.
  func shortenedGraph(_ plan: Plan) throws -> ShortenedGraph? {
    if plan.pruning.cuts.isEmpty { return nil }
    return try shortened(plan.pruning.cuts) {
      try ShortenedGraph(model.typed, cuts: plan.pruning.cuts, removing: plan.removing)
    }
  }

  func weightKey(_ name: String, _ plan: Plan) -> WeightKey {
    WeightKey(
      name: name, pruning: plan.pruning.weights[name] ?? .none,
      silenced: plan.pruning.silenced[name] ?? Cuts(), cuts: plan.pruning.cuts[name] ?? Cuts(),
      repaired: plan.repaired?.hashes[name], isEqualized: plan.equalization?.scales[name] != nil,
      smoothing: plan.smoothing.flatMap { $0.factors.scales[name] == nil ? nil : $0.key })
  }

  /// The constant of a key: weights pruned first, then channels silenced, then cut, then repairs, then channels scaled.
  func tensor(_ key: WeightKey, _ plan: Plan) throws -> Tensor {
    // Keys are made from the model's own layers and constants, and criteria by the plan that names them.
    guard let original = model.graph.constants[key.name] else {
      preconditionFailure("no constant \(key.name)")
    }
    if key.isUntouched { return original }
    return try pruned(key) {
      var tensor: Tensor
      if key.repaired != nil, let repaired = plan.repaired?.constants[key.name] {
        tensor = repaired
      } else {
        tensor = try prunedTensor(key, of: original, plan)
      }
      for scales in plan.channelScales {
        tensor = scales[key.name]?.cut(key.cuts).applied(to: tensor) ?? tensor
      }
      return tensor
    }
  }

  private func prunedTensor(_ key: WeightKey, of original: Tensor, _ plan: Plan) throws -> Tensor {
    var tensor: Tensor
    switch key.pruning {
    case .none: tensor = original
    case .channels(let axis, let positions): tensor = original.zeroing(positions, along: axis)
    case .weights(let name, let form, let count):
      // The planner puts a ranker beside each name that it writes into a plan.
      guard let ranker = plan.rankers[name] else { preconditionFailure("no criterion \(name)") }
      tensor = try planner.masked(original, key.name, by: ranker, form, removing: count)
    }
    for (axis, positions) in key.silenced.positions { tensor = tensor.zeroing(positions, along: axis) }
    for (axis, positions) in key.cuts.positions { tensor = tensor.removing(positions, along: axis) }
    return tensor
  }

  /// Elements of the constant of a key that are not zero; by arithmetic alone where zeros are known to go first.
  func nonzeroCount(_ key: WeightKey, _ plan: Plan) throws -> Int {
    if case .weights(let name, let form, let count) = key.pruning, form == PruningForm(unit: .single),
      key.isOnlyPruned,
      plan.rankers[name]?.ofWeights?.zerosGoFirst == true, let all = model.graph.constants[key.name]?.count
    {
      return min(sheet.constants[key.name]?.nonzero ?? 0, all - count)
    }
    return try nonzero(key) { try tensor(key, plan).nonzeroCount }
  }

  func quantizedKey(_ key: WeightKey, _ rule: WeightRule, _ plan: Plan, _ samples: SampleSource)
    -> QuantizedKey
  {
    var result = QuantizedKey(key, rule, plan.mode)
    result.observed = rule.observedSamples.flatMap { _ in
      samples.data.map { QuantizedKey.Observed(model: plan.floatModel, data: $0.contentHash) }
    }
    return result
  }

  /// A weight in the form in which it is written.
  ///
  /// - Parameter known: what samples tell of the layer, where it is at hand.
  /// - Throws: `CompressionError.layer` where a weight does not take the rule's form, or what observing its layer throws
  ///   where the rule's method asks for that.
  func quantizedWeight(
    _ key: WeightKey, _ rule: WeightRule, _ plan: Plan, _ samples: SampleSource,
    observation known: LayerObservation? = nil
  ) throws -> any StoredWeight {
    try quantized(quantizedKey(key, rule, plan, samples)) {
      let index = model.layers.firstIndex { $0.weight == key.name }
      let layer = index.map { model.layers[$0] }
      let observation = try known ?? index.flatMap { try products(of: [$0], rule, plan, samples)[$0] }
      do {
        return try rule.store(
          try tensor(key, plan), slot: layer?.slot, opset: model.graph.opset(of: DequantizeLinear.type),
          mode: plan.mode, ranges: keptRanges(key, rule, plan), products: observation?.products ?? [])
      } catch let error as WeightMismatch {
        throw CompressionError.layer(
          layer?.name ?? key.name, reason: error.reason, rule: plan.weightFields[key.name])
      }
    }
  }

  func isQuantized(_ key: QuantizedKey) -> Bool { quantized[key] != nil }

  private func reports(_ plan: Plan) -> [LayerReport] {
    let producers = plan.pairs.isEmpty ? [:] : model.typed.producers
    return model.layers.indices.map { index in
      let layer = model.layers[index]
      let pruned = plan.pruned[index]
      let pair = plan.pair(of: layer, in: model.typed, producers: producers)
      return LayerReport(
        name: layer.name, pruned: pruned.count, prunedChannels: pruned.channels, removed: pruned.removed,
        threshold: pruned.threshold, weightBits: plan.weights[layer.weight]?.bits ?? BitWidth.float,
        activationBits: pair?.bits ?? BitWidth.float, activation: pair?.tensor)
    }
  }
}

extension Plan {
  var floatModel: FloatModelKey {
    FloatModelKey(
      pruning: pruning, repaired: repaired?.contentHash, isEqualized: equalization != nil,
      smoothing: smoothing?.key)
  }

  /// By what channels are scaled, one after the other.
  var channelScales: [[String: ChannelScales]] {
    [equalization?.scales, smoothing?.factors.scales].compactMap { $0 }
  }

  /// By what is scaled that is added to a layer's output channels, by its weight.
  var addedScales: [[String: ChannelScales]] {
    [equalization?.added, smoothing?.factors.added].compactMap { $0 }
  }

  /// Names of the constants that are other ones before anything is quantized.
  var changedConstants: Set<String> {
    Set(pruning.weights.keys).union(pruning.silenced.keys).union(pruning.cuts.keys)
      .union(channelScales.flatMap(\.keys)).union(repaired?.constants.keys.map { $0 } ?? [])
  }
}
