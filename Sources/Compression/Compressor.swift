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
  private let plans: Memo<PlanKey, Plan>
  private let observations: Memo<ObservationKey, LayerObservation>
  private let shortened: Memo<[String: Cuts], ShortenedGraph>
  let repairs: Memo<RepairKey, Repaired>
  private let pruned: Memo<WeightKey, Tensor>
  private let nonzero: Memo<WeightKey, Int>
  private let quantized: Memo<QuantizedKey, any StoredWeight>
  let biases: Memo<BiasKey, [CorrectedBias]>
  let maxima: Memo<MaximaKey, [[Double]]>
  let weightRanges: Memo<RangesKey, WeightRanges?>
  let roundedAway: Memo<QuantizedKey, RoundedAway?>
  private let statistics: Memo<StatisticsKey, [String: TensorStatistics]>
  private let histograms: Memo<StatisticsKey, [String: TensorStatistics]>
  private let found: Memo<RangeKey, ActivationRanges.Range>

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
    var tensors: [String]
  }

  private struct RangeKey: Hashable, Sendable {
    var statistics: StatisticsKey
    var tensor: String
    var calibration: Calibration
    var form: LinearForm
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
    SampleValues(graph: graph, fixedBatch: model.fixedBatch, threads: threads)
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

  /// The float model: pruned, repaired and with its channels scaled.
  func prunedGraph(_ plan: Plan, isCancelled: @escaping @Sendable () -> Bool) throws -> Graph {
    if plan.pruning.isEmpty && plan.repaired == nil && plan.channelScales.isEmpty { return model.graph }
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
    if let repaired = plan.repaired { apply(repaired, plan, to: &editor) }
    return editor.finished()
  }

  /// Constants that repairs added, and who reads them; those that it changed are in place.
  private func apply(_ repaired: Repaired, _ plan: Plan, to editor: inout GraphEditor) {
    for (name, tensor) in repaired.constants where model.graph.constants[name] == nil {
      editor.setConstant(name, addedConstant(name, tensor, plan))
    }
    for (index, inputs) in repaired.inputs {
      for (input, constant) in inputs { editor.setInput(input, of: index, to: constant) }
    }
    editor.dropUnread(repaired.dropped)
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
    }.union(plan.pairs.map(\.tensor)).sorted()
    var calibrator = Calibrator(values: sampleValues(graph))
    var result = ActivationRanges()
    let groups = Dictionary(grouping: plan.pairs) { min($0.rule.samples, calibration.samples) }
    for (samples, pairs) in groups {
      let key = StatisticsKey(
        model: plan.floatModel, samples: samples, data: calibration.contentHash, tensors: tensors)
      func measure() throws -> [String: TensorStatistics] {
        try calibrator.statistics(
          of: tensors, data: calibration, samples: samples, isCancelled: isCancelled)
      }
      calibrator.known = nil
      var measured = try statistics(key, measure)
      if pairs.contains(where: { $0.rule.calibration.method.needsHistograms }) {
        calibrator.known = measured
        measured = try histograms(key, measure)
      }
      for pair in pairs {
        let rule = pair.rule
        let place = RangeKey(
          statistics: key, tensor: pair.tensor, calibration: rule.calibration, form: pair.form)
        result.ranges[pair.tensor] = measured[pair.tensor].map { tensor in
          found(place) { rule.calibration.method.range(of: tensor, for: pair.form) }
        }
      }
    }
    return adjusted(result, plan)
  }

  private func quantizedGraph(
    _ plan: Plan, graph: Graph, ranges: ActivationRanges, _ samples: SampleSource
  ) throws -> Graph {
    if plan.weights.isEmpty && plan.pairs.isEmpty { return graph }
    var editor = GraphEditor(graph)
    let opset = graph.opset(of: DequantizeLinear.type)
    let parameters = try parameters(of: plan, ranges) { editor.fresh($0) }
    var readers: [String: [ActivationPair.Reader]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for (input, name) in node.inputs.enumerated() where plan.weights[name] != nil {
        readers[name, default: []].append(.init(node: index, input: input))
      }
    }
    write(try correctedBiases(plan, samples), into: &editor)
    var scales: [String: [Float]] = [:]
    for (name, places) in readers.sorted(by: { ($0.value[0].node, $0.key) < ($1.value[0].node, $1.key) }) {
      guard let rule = plan.weights[name] else { continue }
      if samples.isCancelled() { throw CompressionError.cancelled }
      let weight = try weight(name, rule, plan, parameters, samples) { bias in
        editor.graph.nodes[bias.place.node].input(bias.place.input).flatMap { editor.graph.constants[$0] }
      }
      scales[name] = (weight as? QuantizedWeight)?.scales
      let insertion = weight.insertion(name: name, opset: opset) { editor.fresh($0) }
      editor.insert(insertion, before: places[0].node, readers: places)
    }
    for bias in plan.biases {
      guard let rules = plan.mode.rules.biases, let input = parameters[bias.provider],
        let weights = scales[bias.place.weight],
        // Repairs and corrections may have put another constant there.
        let current = editor.graph.nodes[bias.place.node].input(bias.place.input),
        let constant = editor.graph.constants[current]
      else { continue }
      let quantized = bias.quantized(constant, input: input.values.scale, weights: weights, by: rules)
      let isCopy = bias.isCopy && current == bias.place.constant
      let name = isCopy ? editor.fresh(current) : current
      let insertion = quantized.insertion(name: name, opset: opset) { editor.fresh($0) }
      editor.insert(
        insertion, before: bias.place.node, readers: [.init(node: bias.place.node, input: bias.place.input)])
    }
    for pair in plan.pairs {
      guard let parameters = parameters[pair.tensor] else { continue }
      if pair.isOutput, let source = editor.renameOutput(pair.tensor) {
        let insertion = pair.insertion(parameters, source: source.name, output: pair.tensor) {
          editor.fresh($0)
        }
        editor.insert(insertion, before: source.node + 1, readers: [])
      } else {
        let insertion = pair.insertion(parameters) { editor.fresh($0) }
        editor.insert(insertion, before: pair.readers.map(\.node).min() ?? 0, readers: pair.readers)
      }
    }
    return editor.finished()
  }

  private func reports(_ plan: Plan) -> [LayerReport] {
    let producers = plan.pairs.isEmpty ? [:] : model.graph.producers
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
