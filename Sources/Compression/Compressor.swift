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
  private let threads: Int
  private let plans: Memo<PlanKey, Plan>
  private let observations: Memo<ObservationKey, LayerObservation>
  private let shortened: Memo<[String: Cuts], ShortenedGraph>
  private let pruned: Memo<WeightKey, Tensor>
  private let nonzero: Memo<WeightKey, Int>
  private let quantized: Memo<QuantizedKey, any StoredWeight>
  let biases: Memo<BiasKey, [CorrectedBias]>
  let maxima: Memo<MaximaKey, [[Double]]>
  private let statistics: Memo<StatisticsKey, [String: TensorStatistics]>
  private let histograms: Memo<StatisticsKey, [String: TensorStatistics]>

  private struct PlanKey: Hashable, Sendable {
    var recipe: Recipe
    /// Nil where it makes no difference.
    var data: ContentHash?
  }

  private struct ObservationKey: Hashable, Sendable {
    var model: FloatModelKey
    var layer: Int
    var kinds: Set<LayerObservation.Kind>
    var samples: Int
    var data: ContentHash
  }

  private struct StatisticsKey: Hashable, Sendable {
    var model: FloatModelKey
    var samples: Int
    var data: ContentHash
  }

  /// - Parameter threads: processor cores to use where the model has to be run.
  public init(_ model: Model, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
    self.model = model
    self.threads = threads
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
    // Room for the last few variants of every weight.
    let room = max(64 << 20, 3 * model.graph.constants.values.reduce(0) { $0 + $1.byteCount })
    pruned = Memo(limit: room) { $0.byteCount }
    quantized = Memo(limit: room / 2) { $0.byteCount }
    observations = Memo(limit: room) { $0.byteCount }
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
    let samples = SampleSource(data: calibration, isCancelled: isCancelled)
    let plan = try plan(recipe, calibration, isCancelled)
    var graph = try prunedGraph(plan, isCancelled: isCancelled)
    let ranges = try ranges(plan, graph: graph, calibration: calibration, isCancelled: isCancelled)
    try roundObserved(plan, samples)
    graph = try quantizedGraph(plan, graph: graph, ranges: ranges, samples)
    return CompressedModel(graph: graph, recipe: recipe, layers: reports(plan), ranges: ranges)
  }

  // MARK: - Stages, each remembered

  func plan(
    _ recipe: Recipe, _ calibration: CalibrationData?, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> Plan {
    let data = recipe.isPlannedBySamples ? calibration : nil
    return try plans(PlanKey(recipe: recipe, data: data?.contentHash)) {
      let observing = data.map { data in
        Observing(data: "\(data.contentHash)") { kinds, layers, samples in
          try self.observe(layers, kinds, data, samples: samples, isCancelled)
        }
      }
      var plan = try planner.plan(recipe, observing: observing)
      if let alpha = recipe.smooth {
        let key = SmoothingKey(
          alpha: alpha, isEqualized: recipe.equalize, data: data?.contentHash ?? ContentHash(""))
        let source = SampleSource(data: data, isCancelled: isCancelled)
        plan.smoothing = (key, try smoothing(alpha, plan.equalization, source).scales)
      }
      _ = try shortenedGraph(plan)
      return plan
    }
  }

  /// What samples tell of layers of the model as it is, or of another float model with the same nodes.
  ///
  /// - Parameter graph: asked for only if it has to be run; the model's own unless told.
  func observe(
    _ layers: [Int], _ kinds: Set<LayerObservation.Kind>, _ data: CalibrationData, samples: Int,
    of model: FloatModelKey = FloatModelKey(), graph: (() throws -> Graph)? = nil,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Int: LayerObservation] {
    func key(_ layer: Int) -> ObservationKey {
      ObservationKey(
        model: model, layer: layer, kinds: kinds, samples: min(samples, data.samples),
        data: data.contentHash)
    }
    var found: [Int: LayerObservation] = [:]
    for layer in layers { found[layer] = observations[key(layer)] }
    let missing = Set(layers).filter { found[$0] == nil }.sorted()
    if missing.isEmpty { return found }
    let observer = LayerObserver(
      values: sampleValues(try graph?() ?? self.model.graph),
      layers: missing.map { self.model.layers[$0] }, kinds: kinds)
    let observed = try observer.observe(data, samples: samples, isCancelled: isCancelled)
    for (layer, observation) in zip(missing, observed) {
      found[layer] = observations(key(layer)) { observation }
    }
    return found
  }

  /// Runs a graph that takes as many samples at a time as the model.
  func sampleValues(_ graph: Graph) -> SampleValues {
    SampleValues(graph: graph, fixedBatch: model.fixedBatch, threads: threads)
  }

  /// Whether `estimate` has to run the model for this recipe, because what the recipe asks of samples is not known
  /// yet: then it takes as long as that.
  public func mustObserve(_ recipe: Recipe, calibration: CalibrationData) -> Bool {
    if !recipe.observes { return false }
    if recipe.isPlannedBySamples && plans[PlanKey(recipe: recipe, data: calibration.contentHash)] == nil {
      return true
    }
    let samples = SampleSource(data: calibration) { false }
    // A recipe that does not fit fails at once.
    guard let plan = try? plan(recipe, calibration, { false }) else { return false }
    if !unrounded(plan, samples).isEmpty { return true }
    return !correctedPlaces(plan).isEmpty && biases[biasKey(plan, calibration)] == nil
  }

  /// What the graph becomes where channels are taken out; nil where none are.
  func shortenedGraph(_ plan: Plan) throws -> ShortenedGraph? {
    if plan.pruning.cuts.isEmpty { return nil }
    return try shortened(plan.pruning.cuts) {
      try ShortenedGraph(model.typed, cuts: plan.pruning.cuts, removing: plan.removing)
    }
  }

  func weightKey(_ name: String, _ plan: Plan) -> WeightKey {
    WeightKey(
      name: name, pruning: plan.pruning.weights[name] ?? .none, cuts: plan.pruning.cuts[name] ?? Cuts(),
      isEqualized: plan.equalization?.scales[name] != nil,
      smoothing: plan.smoothing.flatMap { $0.scales[name] == nil ? nil : $0.key })
  }

  /// The constant of a key: weights pruned first, then channels scaled, then channels cut.
  func tensor(_ key: WeightKey, _ plan: Plan) throws -> Tensor {
    // Keys are made from the model's own layers and constants, and criteria by the plan that names them.
    guard let original = model.graph.constants[key.name] else {
      preconditionFailure("no constant \(key.name)")
    }
    if key.pruning == .none && key.cuts.isEmpty && !key.isScaled { return original }
    return try pruned(key) {
      var tensor: Tensor
      switch key.pruning {
      case .none: tensor = original
      case .channels(let axis, let positions): tensor = original.zeroing(positions, along: axis)
      case .weights(let name, let form, let count):
        guard let ranker = plan.rankers[name] else { preconditionFailure("no criterion \(name)") }
        tensor = try planner.masked(original, key.name, by: ranker, form, removing: count)
      }
      for scales in plan.channelScales { tensor = scales[key.name]?.applied(to: tensor) ?? tensor }
      for (axis, positions) in key.cuts.positions { tensor = tensor.removing(positions, along: axis) }
      return tensor
    }
  }

  /// Elements of the constant of a key that are not zero; by arithmetic alone where zeros are known to go first.
  func nonzeroCount(_ key: WeightKey, _ plan: Plan) throws -> Int {
    try nonzero(key) {
      let before = sheet.constants[key.name]?.nonzero ?? 0
      if case .weights(let name, let form, let count) = key.pruning, form == PruningForm(unit: .single),
        key.cuts.isEmpty, !key.isScaled, plan.rankers[name]?.ofWeights?.zerosGoFirst == true,
        let all = model.graph.constants[key.name]?.count
      {
        return min(before, all - count)
      }
      return try tensor(key, plan).nonzeroCount
    }
  }

  func quantizedKey(_ key: WeightKey, _ rule: WeightRule, _ plan: Plan, _ samples: SampleSource)
    -> QuantizedKey
  {
    var form = rule
    form.layers = []
    let observed = rule.observedSamples.flatMap { _ in
      samples.data.map { QuantizedKey.Observed(model: plan.floatModel, data: $0.contentHash) }
    }
    return QuantizedKey(weight: key, rule: form, observed: observed)
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
          try tensor(key, plan), slot: layer?.slot, products: observation?.products ?? [])
      } catch let error as WeightMismatch {
        throw CompressionError.layer(layer?.name ?? key.name, reason: error.reason)
      }
    }
  }

  func isQuantized(_ key: QuantizedKey) -> Bool { quantized[key] != nil }

  func prunedGraph(_ plan: Plan, isCancelled: @escaping @Sendable () -> Bool) throws -> Graph {
    if plan.pruning.isEmpty && plan.channelScales.isEmpty { return model.graph }
    var editor = GraphEditor(model.graph)
    let changed = plan.changedConstants
    for name in changed.sorted() where model.graph.constants[name] != nil {
      if isCancelled() { throw CompressionError.cancelled }
      editor.setConstant(name, try tensor(weightKey(name, plan), plan))
    }
    var replaced: Set<String> = []
    for (index, change) in (try shortenedGraph(plan)?.changes ?? [:]).sorted(by: { $0.key < $1.key }) {
      var node = model.graph.nodes[index].applying(change)
      for (input, constant) in change.constants.sorted(by: { $0.key < $1.key }) {
        replaced.insert(node.inputs[input])
        node.inputs[input] = editor.fresh("\(node.inputs[input])_\(node.label)")
        editor.setConstant(node.inputs[input], constant)
      }
      editor.setNode(index, node)
    }
    editor.dropUnread(replaced)
    return editor.finished()
  }

  private func ranges(
    _ plan: Plan, graph: Graph, calibration: CalibrationData?, isCancelled: @escaping @Sendable () -> Bool
  ) throws -> ActivationRanges {
    guard !plan.pairs.isEmpty else { return ActivationRanges() }
    guard let calibration else {
      throw CompressionError.calibration(
        "activations of layer '\(model.layers[plan.pairs[0].layer].name)' are to be quantized, and there is "
          + "no data to measure them by")
    }
    // Of all layers at once, so that choosing others does not run the model again.
    let tensors = Set(planner.sources.sources.compactMap { $0?.tensor }).filter {
      model.typed.facts[$0]?.dtype ?? .float32 == .float32
    }
    var calibrator = Calibrator(values: sampleValues(graph))
    var result = ActivationRanges()
    let groups = Dictionary(grouping: plan.pairs) { min($0.rule.samples, calibration.samples) }
    for (samples, pairs) in groups {
      let key = StatisticsKey(
        model: plan.floatModel, samples: samples, data: calibration.contentHash)
      func measure() throws -> [String: TensorStatistics] {
        try calibrator.statistics(
          of: tensors.sorted(), data: calibration, samples: samples, isCancelled: isCancelled)
      }
      calibrator.known = nil
      var measured = try statistics(key, measure)
      if pairs.contains(where: { $0.rule.calibration.method.needsHistograms }) {
        calibrator.known = measured
        measured = try histograms(key, measure)
      }
      for pair in pairs {
        result.ranges[pair.tensor] = measured[pair.tensor].map {
          pair.rule.calibration.method.range(of: $0, bits: pair.bits, scheme: pair.rule.scheme)
        }
      }
    }
    return result
  }

  private func quantizedGraph(
    _ plan: Plan, graph: Graph, ranges: ActivationRanges, _ samples: SampleSource
  ) throws -> Graph {
    if plan.weights.isEmpty && plan.pairs.isEmpty { return graph }
    var editor = GraphEditor(graph)
    let opset = graph.opset(of: DequantizeLinear.type)
    var readers: [String: [ActivationPair.Reader]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for (input, name) in node.inputs.enumerated() where plan.weights[name] != nil {
        readers[name, default: []].append(.init(node: index, input: input))
      }
    }
    for layer in model.layers {
      guard let rule = plan.weights[layer.weight], let places = readers.removeValue(forKey: layer.weight)
      else { continue }
      if samples.isCancelled() { throw CompressionError.cancelled }
      let weight = try quantizedWeight(weightKey(layer.weight, plan), rule, plan, samples)
      let insertion = weight.insertion(name: layer.weight, opset: opset) { editor.fresh($0) }
      editor.insert(insertion, before: places[0].node, readers: places)
    }
    write(try correctedBiases(plan, samples), into: &editor)
    for pair in plan.pairs {
      guard let range = ranges[pair.tensor] else {
        throw CompressionError.calibration("tensor '\(pair.tensor)' was not measured")
      }
      let insertion = pair.insertion(range) { editor.fresh($0) }
      let first = pair.readers.map(\.node).min() ?? 0
      editor.insert(insertion, before: first, readers: pair.readers)
    }
    return editor.finished()
  }

  private func reports(_ plan: Plan) -> [LayerReport] {
    model.layers.indices.map { index in
      let layer = model.layers[index]
      let pruned = plan.pruned[index]
      let pair = plan.pair(of: planner.sources.sources[index])
      return LayerReport(
        name: layer.name, pruned: pruned.count, prunedChannels: pruned.channels, removed: pruned.removed,
        threshold: pruned.threshold, weightBits: plan.weights[layer.weight]?.bits ?? BitWidth.float,
        activationBits: pair?.bits ?? BitWidth.float, activation: pair?.tensor)
    }
  }
}

extension Plan {
  var floatModel: FloatModelKey {
    FloatModelKey(pruning: pruning, isEqualized: equalization != nil, smoothing: smoothing?.key)
  }

  /// By what channels are scaled, one after the other.
  var channelScales: [[String: ChannelScales]] {
    [equalization?.scales, smoothing?.scales].compactMap { $0 }
  }

  /// Names of the constants that are other ones before anything is quantized.
  var changedConstants: Set<String> {
    Set(pruning.weights.keys).union(pruning.cuts.keys).union(channelScales.flatMap(\.keys))
  }

  /// The pair through which a layer reads its input.
  func pair(of source: (tensor: String, reader: ActivationPair.Reader)?) -> ActivationPair? {
    guard let source else { return nil }
    return pairs.first { $0.tensor == source.tensor && $0.readers.contains(source.reader) }
  }
}
