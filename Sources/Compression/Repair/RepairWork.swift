import Engine
import Graph
import Tensor

/// A pruned model under repair, beside the model as it was. Their nodes have the same indices.
struct RepairWork {
  let model: Model
  /// The pruned model, before repairs: what kind of nodes it has, and which sizes.
  let typed: TypedGraph
  /// What has been changed so far.
  private(set) var repaired = Repaired()
  let isCancelled: @Sendable () -> Bool
  private let repair: Repair
  private let cuts: [String: Cuts]
  /// What of each value belongs to channels that are set to zero.
  private let zeroed: [String: Cuts]
  private let changed: ChangedValues
  /// Of nodes that have one: what others write is no sum of what one weight gives.
  private let layers: [Int: Layer]
  private let data: CalibrationData
  private let threads: Int
  private var editor: GraphEditor

  /// - Parameters:
  ///   - graph: the pruned model.
  ///   - groups: of the model.
  ///   - threads: processor cores to use.
  /// - Throws: `GraphError`.
  init(
    _ model: Model, _ graph: Graph, _ pruning: PruningPlan, _ groups: ChannelGroups, _ repair: Repair,
    _ data: CalibrationData, threads: Int, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    self.model = model
    typed = try graph.typedForOneSample()
    cuts = pruning.cuts
    zeroed = groups.places(ofZeroed: pruning, in: model)
    changed = ChangedValues(model, pruning, batchNorm: repair.batchNorm)
    layers = model.soleLayers
    self.repair = repair
    self.data = data
    self.threads = threads
    self.isCancelled = isCancelled
    editor = GraphEditor(graph)
  }

  /// Makes all repairs that the recipe asks for.
  mutating func run() throws {
    let repairs = Repairs.all.compactMap { $0.init(repair) }
    for node in typed.graph.nodes.indices {
      for repair in repairs {
        if isCancelled() { throw CompressionError.cancelled }
        try repair.repair(node: node, &self)
      }
    }
    repaired.seal()
  }

  /// The pruned model as it is now.
  var graph: Graph { editor.graph }

  /// The layer at a node, where it computes something else than before pruning.
  func changedLayer(at node: Int) -> Layer? {
    guard let layer = layers[node], let output = typed.graph.nodes[node].outputs.first,
      changed.contains(output)
    else { return nil }
    return layer
  }

  func layer(at node: Int) -> Layer? { layers[node] }

  /// A layer whose outputs are weighted sums.
  struct Summing {
    var layer: Layer
    var weight: Tensor
    var unfolding: Unfolding
    /// By what the sums are multiplied.
    var factor: Float
  }

  /// How a layer sums its inputs; nil where its operator does something else, or computes with the weight first.
  ///
  /// - Parameter typed: of the model, or of the pruned one.
  func summing(_ layer: Layer, in typed: TypedGraph) -> Summing? {
    guard let op = typed.operators[layer.node] as? any Unfoldable,
      let weight = typed.graph.constants[layer.weight],
      weight.dtype == .float32, let data = layer.data(in: typed.graph),
      typed.facts[data]?.dtype == .float32, let sizes = typed.facts[data]?.sizes,
      let input = typed.graph.nodes[layer.node].input(layer.slot.weight),
      let origin = typed.origin(
        of: input, producers: typed.producers, constantValues: typed.constantValues),
      origin.path.allSatisfy({ typed.operators[$0]?.selects == true }),
      let unfolding = try? typed.unfolding(of: layer, data: Shape(sizes))
    else { return nil }
    return Summing(layer: layer, weight: weight, unfolding: unfolding, factor: op.sumFactor)
  }

  /// The means of what a layer sums, by group and column.
  ///
  /// - Parameter pruned: whether in the pruned model as it is now.
  func means(of layer: Layer, pruned: Bool) throws -> [Double] {
    let observer = LayerObserver(
      values: SampleValues(
        graph: pruned ? graph : model.graph, threads: threads),
      layers: [layer], kinds: [.inputs])
    return try observer.observe(data, samples: repair.samples, isCancelled: isCancelled)[0].means
  }

  /// Positions on the input axis of a layer's weight whose channels are set to zero where they are made.
  func zeroedInputs(of layer: Layer) -> Set<Int> {
    Set(zeroed[layer.weight]?.positions[layer.slot.inputAxis] ?? [])
  }

  /// Whether a place is the mean of a batch normalisation that will be measured again.
  func isMeasured(_ place: BiasPlace) -> Bool {
    repair.batchNorm && typed.operators[place.node] is BatchNormalization
  }

  /// Positions on an axis of a value of the model that the pruned model still has.
  func kept(_ value: String, axis: Int, of size: Int) -> [Int] {
    let gone = Set(cuts[value]?.positions[axis] ?? [])
    return (0..<size).filter { !gone.contains($0) }
  }

  /// Runs both models on the samples, and gives the values of each batch together.
  ///
  /// - Parameters:
  ///   - before: values of the model as it was.
  ///   - after: values of the pruned model as it is now.
  /// - Throws: as `SampleValues`; `CompressionError.calibration` where a value is not float32.
  func forEachBatch(
    before: [String] = [], after: [String],
    _ body: (_ before: [Tensor], _ after: [Tensor]) throws -> Void
  ) throws {
    let twins = before.isEmpty ? nil : TwinGraph(model.graph, and: graph)
    let after = after.map { twins?.other($0) ?? $0 }
    let values = SampleValues(
      graph: twins?.graph ?? graph, threads: threads)
    try values.forEachBatch(
      ofAll: Array(Set(before + after)).sorted(), data: data, samples: repair.samples,
      isCancelled: isCancelled
    ) { found in
      func tensors(_ names: [String]) throws -> [Tensor] {
        try names.map { name in
          guard let tensor = found[name], tensor.dtype == .float32 else {
            throw CompressionError.calibration("tensor '\(name)' is not float32 and cannot be repaired by")
          }
          return tensor
        }
      }
      try body(try tensors(before), try tensors(after))
    }
  }

  /// Changes a constant for all that read it.
  mutating func set(_ constant: String, to tensor: Tensor) {
    editor.setConstant(constant, tensor)
    repaired.set(constant, to: tensor)
  }

  /// Lets an input of a node be another constant. One that others read too stays as it is for them.
  ///
  /// - Parameter name: of the constant, where the node reads none yet.
  mutating func set(input: Int, of node: Int, to tensor: Tensor, name: String) {
    let old = graph.nodes[node].input(input)
    if let old, let constant = graph.constants[old], constant.shape == tensor.shape, isOwn(old) {
      set(old, to: tensor)
      return
    }
    let new = editor.fresh(old.map { "\($0)_\(graph.nodes[node].label)" } ?? name)
    editor.setInput(input, of: node, to: new)
    editor.setConstant(new, tensor)
    repaired.set(new, to: tensor)
    repaired.set(input: input, of: node, to: new)
    if let layer = layers[node], old == nil { repaired.note(bias: new, of: layer.weight) }
    guard let old, graph.constants[old] != nil else { return }
    editor.dropUnread([old])
    if graph.constants[old] == nil { repaired.drop(old) }
  }

  /// Whether a constant is read at one place only.
  func isOwn(_ constant: String) -> Bool { graph.readings(of: constant) == 1 }
}

extension ChannelGroups {
  /// The positions, by value and axis, of channels that pruning sets to zero.
  fileprivate func places(ofZeroed pruning: PruningPlan, in model: Model) -> [String: Cuts] {
    var result = pruning.silenced
    for (index, layer) in model.layers.enumerated() {
      guard case .channels(let axis, let positions) = pruning.weights[layer.weight],
        axis == layer.slot.outputAxis, let group = ofLayer[index].map({ groups[$0] }),
        let member = group.members.first(where: { $0.weight == layer.weight && $0.axis == axis })
      else { continue }
      for (value, cuts) in group.cuts(removing: Set(positions.map { member.channels[$0] })) {
        for (axis, positions) in cuts.positions { result[value, default: Cuts()].add(positions, along: axis) }
      }
    }
    return result
  }
}
