import Compression
import Terminal

/// What is chosen beside the sliders: what is pruned as a whole, what is ranked together, how numbers are rounded.
extension State {
  /// The layer that stands for the focused row.
  private var sample: LayerSettings? { settings.layers.isEmpty ? nil : settings.layers[focus.row.layer ?? 0] }

  private var focusedLayers: [Int] { focus.row.layer.map { [$0] } ?? Array(settings.layers.indices) }

  /// Single weights, then whole channels set to zero, then whole channels taken out, where that can be, then heads of
  /// an attention in both ways, where there is one.
  mutating func cycleUnit(at now: Instant) -> [Effect] {
    guard let sample else { return [] }
    switch sample.unit {
    case .weight:
      return change(focus.row, "channels set to zero: those of the smallest L2 norm", at: now) {
        $0.setUnit(.channel(), norm: 2)
      }
    case .channel(_, remove: false):
      var recipes: [Int: Recipe] = [:]
      for layer in focusedLayers {
        var tried = Settings(for: subject.layers)
        tried.trained = settings.trained
        tried.change(layer) {
          $0.share(pruningOf: settings.layers[layer])
          $0.setUnit(settings.layers[layer].unit.removed, norm: $0.norm)
          // Whether they can go does not depend on which go first, and samples are not to be run for it.
          $0.criterion = nil
          $0.group = nil
          $0.setAmount(0.5)
        }
        recipes[layer] = tried.recipe(for: subject.layers)
      }
      return [.probe(focus.row, recipes)]
    case .channel(_, remove: true) where hasHeads(focus.row.layer ?? 0):
      return pruneHeads(remove: false, at: now)
    case .head(remove: false): return pruneHeads(remove: true, at: now)
    case .channel(_, remove: true), .head(remove: true), .block, .pattern:
      return pruneWeights(of: focus.row, "single weights are pruned", at: now)
    }
  }

  private func hasHeads(_ layer: Int) -> Bool {
    guard let coupling = subject.coupling(layer) else { return false }
    return coupling.hasHeads && coupling.obstacle == nil
  }

  /// Prunes heads in those of the focused layers that make some.
  private mutating func pruneHeads(remove: Bool, at now: Instant) -> [Effect] {
    let able = focusedLayers.filter(hasHeads)
    let name = name(of: focus.row)
    let effects = step("\(name) heads" + (remove ? " removed" : ""), at: now) { settings in
      for layer in able { settings.change(layer) { $0.setUnit(.head(remove: remove), norm: $0.norm) } }
    }
    message = .note(
      remove
        ? "\(name): whole heads are taken out of the model."
        : "\(name): whole heads of the attention are set to zero.")
    return effects
  }

  /// Takes channels out of the layers that allow it, now that this is known.
  mutating func removeChannels(of row: Focus.Row, but failures: [Int: String], at now: Instant) -> [Effect] {
    let layers = row.layer.map { [$0] } ?? Array(settings.layers.indices)
    let able = layers.filter { failures[$0] == nil }
    guard !able.isEmpty else {
      let effects = pruneWeights(of: row, "single weights are pruned", at: now)
      let reason = layers.first.flatMap { failures[$0] } ?? ""
      message = .failure("\(name(of: row)): channels cannot be taken out here: \(reason)")
      return effects
    }
    let name = name(of: row)
    let effects = step("\(name) channels removed", at: now) { settings in
      for layer in able { settings.change(layer) { $0.setUnit($0.unit.removed, norm: $0.norm) } }
    }
    let kept = layers.filter { failures[$0] != nil }.map { subject.layers[$0].name }
    message = .note(
      kept.isEmpty
        ? "\(name): whole channels are taken out of the model."
        : "Channels are taken out, but not those of \(kept.joined(separator: ", ")): set to zero there.")
    return effects
  }

  private mutating func pruneWeights(of row: Focus.Row, _ label: String, at now: Instant) -> [Effect] {
    change(row, label, at: now) {
      $0.setUnit(.weight, norm: 1)
    }
  }

  /// The next of the criteria that rank the unit of the focused layer, and of all that change with it.
  mutating func cycleCriterion(at now: Instant) -> [Effect] {
    guard let sample else { return [] }
    let unit = sample.unit
    let changing = Set(focusedLayers.flatMap { settings.companions(of: $0, .prune) })
      .filter { settings.layers[$0].unit.isSlice }
    let criteria = PruningCriteria.names(for: unit).filter { name in
      !unit.isSlice || changing.allSatisfy { subject.layers[$0].channelCriteria.contains(name) }
    }
    let next = sample.ranking.next(for: unit, among: criteria)
    return change(focus.row, "\(unit.plural) are ranked by \(next.text(for: unit))", at: now) { layer in
      guard layer.unit.isSlice == unit.isSlice else { return }
      layer.criterion = next.criterion
      layer.norm = next.norm
    }
  }

  /// Ranked by itself, in one list with the other layers that are global, or by output channels where the unit lies
  /// within them.
  mutating func toggleScope(at now: Instant) -> [Effect] {
    guard let layer = focus.row.layer else {
      let isGlobal = settings.layers.contains { $0.group == nil }
      message = .note(
        isGlobal
          ? "All layers are ranked in one list: the amount is of all weights together."
          : "Each layer is ranked by itself.")
      return step(isGlobal ? "all layers in one list" : "layers by themselves", at: now) {
        $0.setGroupOfAll(isGlobal)
      }
    }
    let name = subject.layers[layer].name
    let current = settings.layers[layer]
    if current.group != nil, current.unit.scopes.contains(.output) {
      message = .note("\(name): each output channel is ranked by itself, and loses as many as the others.")
      return step("\(name) by output channels", at: now) {
        $0.setGroup(nil, of: layer)
        $0.change(layer) { $0.isByOutput = true }
      }
    }
    if current.group != nil || current.isByOutput {
      message = .note("\(name): ranked by itself.")
      return step("\(name) by itself", at: now) {
        $0.setGroup(nil, of: layer)
        $0.change(layer) { $0.isByOutput = false }
      }
    }
    let group = settings.layers.compactMap(\.group).first ?? 1
    let others = subject.layers.indices.filter { settings.layers[$0].group == group }
    let names = others.map { subject.layers[$0].name }.joined(separator: ", ")
    message = .note(
      others.isEmpty
        ? "\(name): ranked in the global list; o on other layers adds them."
        : "\(name): ranked in one list with \(names), which share one amount.")
    return step("\(name) in the global list", at: now) {
      $0.setGroup(group, of: layer)
    }
  }

  /// What shares a scale; of activations, which have one each, how its range is found.
  mutating func toggleGranularity(at now: Instant) -> [Effect] {
    guard let sample else { return [] }
    if focus.column == .activations {
      let kinds = Calibration.kinds.filter { $0 != .learned }
      let current = kinds.firstIndex { $0.name == sample.calibration.name } ?? 0
      let calibration = kinds[(current + 1) % kinds.count]
      return change(focus.row, "activations are calibrated by \(calibration.text)", at: now) {
        $0.calibration = calibration
      }
    }
    // Blocks have to divide the inputs of all layers that change.
    let blocks = Granularity.blockSizes.filter { size in
      focusedLayers.allSatisfy { subject.layers[$0].inputs > 0 && subject.layers[$0].inputs % size == 0 }
    }
    let kinds: [Granularity] = [.channel] + blocks.map { .block($0) } + [.tensor]
    let granularity = kinds[((kinds.firstIndex(of: sample.granularity) ?? 0) + 1) % kinds.count]
    let label =
      switch granularity {
      case .channel: "weights have a scale for each channel"
      case .block(let size): "weights have a scale for each \(size) inputs of a channel"
      case .tensor: "weights share one scale"
      }
    return change(focus.row, label, at: now) { $0.granularity = granularity }
  }

  /// How weights become integers: to the nearest, to the nearest with the range of the least squared error, by GPTQ.
  mutating func cycleRounding(at now: Instant) -> [Effect] {
    guard let sample else { return [] }
    guard sample.weightScheme.linear != nil else {
      message = .note(
        "Only symmetric and affine weights can be rounded in several ways; z changes the scheme.")
      return []
    }
    var next = (method: RoundingMethod.nearest, calibration: LinearOptions.Calibration.minmax)
    var label = "weights are rounded to the nearest"
    switch (sample.linear.method, sample.linear.calibration) {
    case (.nearest, .minmax):
      next.calibration = .mse
      label = "weights are rounded over the range of least squared error"
    case (.nearest, .mse), (.nearest, .learned):
      next.method = .gptq()
      label = "weights are rounded by GPTQ"
    case (.gptq, _): break
    }
    return change(focus.row, label, at: now) {
      $0.linear.method = next.method
      $0.linear.calibration = next.calibration
    }
  }

  /// Of the column that has the focus; of weights where that is the amount.
  mutating func toggleScheme(at now: Instant) -> [Effect] {
    guard let sample else { return [] }
    func label(_ what: String, _ scheme: Scheme) -> String {
      scheme == .symmetric
        ? "\(what) are quantized symmetrically, about zero"
        : "\(what) are quantized with a zero point (affine)"
    }
    if focus.column == .activations {
      let scheme: Scheme = sample.activationScheme == .symmetric ? .affine : .symmetric
      return change(focus.row, label("activations", scheme), at: now) { $0.activationScheme = scheme }
    }
    let schemes = WeightScheme.allCases
    let scheme = schemes[((schemes.firstIndex(of: sample.weightScheme) ?? 0) + 1) % schemes.count]
    let text =
      switch scheme {
      case .symmetric: label("weights", .symmetric)
      case .affine: label("weights", .affine)
      case .minMax: "weights are equal steps from the least to the greatest (min-max)"
      case .codebook: "weights are indices into a codebook of the layer's own (k-means)"
      case .powerOfTwo: "weights are powers of two"
      case .float16: "weights are float16"
      case .bfloat16: "weights are bfloat16"
      case .float8E4M3: "weights are float8 E4M3: four bits of exponent, one scale"
      case .float8E5M2: "weights are float8 E5M2: five bits of exponent, one scale"
      }
    return change(focus.row, text, at: now) { $0.weightScheme = scheme }
  }
}

extension Calibration {
  /// As people read it, behind "by".
  fileprivate var text: String {
    switch self {
    case .minmax: "their least and greatest value"
    case .learned: "what training has learned"
    case .movingAverage: "the moving average of their ranges"
    case .percentile(let percentile): "percentile, \(percentile.text(upTo: 3)) % of them"
    case .entropy: "entropy"
    case .mse: "least squared error"
    }
  }
}

extension PruningRule.Unit {
  /// The same channels, taken out.
  fileprivate var removed: PruningRule.Unit {
    if case .channel(let axis, _) = self {
      .channel(axis: axis, remove: true)
    } else {
      .channel(remove: true)
    }
  }
}
