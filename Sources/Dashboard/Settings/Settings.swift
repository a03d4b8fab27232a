import Compression
import Tensor
import Terminal

/// Where all sliders and switches stand: an immutable value in spirit, of which undo keeps the older ones.
///
/// A layer stands at a distance from the master slider of its column, and keeps it when the master moves, even
/// where an end of the track holds the layer back for a while.
package struct Settings: Hashable, Sendable {
  /// In the model's order.
  package private(set) var layers: [LayerSettings]
  /// Ticks of the master sliders, by column.
  private var masters: [Int]
  /// Distance of each layer from the master, in ticks, by column.
  private var offsets: [[Int]]
  /// For each layer the first one that has the same weight: they are pruned and quantized as one.
  private let owners: [Int]
  /// The trained model that all this is done to; nil for the model as it was opened.
  package internal(set) var trained: ContentHash?
  /// Read from a recipe and kept for the one that is written.
  package var distillation: DistillationSettings?
  /// Of the model as a whole.
  package var equalize: Bool
  package var mode: QuantizationMode?
  package var tensors = QuantizedTensors.inputs
  package var repair: Repair
  /// The same.
  package var correctsBiases = false
  /// The same.
  package var smooth: Double?

  /// Nothing is pruned and nothing quantized.
  package init(for layers: [LayerFacts]) {
    self.init(Array(repeating: LayerSettings(), count: layers.count), for: layers)
  }

  /// The masters stand where most of their layers do.
  package init(
    _ layers: [LayerSettings], for facts: [LayerFacts], repair: Repair = .none,
    equalize: Bool = false, distillation: DistillationSettings? = nil
  ) {
    self.layers = layers
    self.distillation = distillation
    self.equalize = equalize
    self.repair = repair
    owners = facts.map { fact in facts.firstIndex { $0.weight == fact.weight } ?? 0 }
    masters = Column.allCases.map { column in
      Self.mostCommon(layers.map { $0.tick(column) }) ?? column.defaultTick
    }
    offsets = []
    offsets = Column.allCases.map { column in
      layers.map { $0.tick(column) - masters[column.rawValue] }
    }
  }

  package func master(_ column: Column) -> Int { masters[column.rawValue] }

  /// Whether the layer differs from the master.
  package func isOverride(_ layer: Int, _ column: Column) -> Bool { offsets[column.rawValue][layer] != 0 }

  /// Moves one layer's slider, and with it those of the layers that cannot differ from it.
  package mutating func move(_ layer: Int, _ column: Column, to tick: Int) {
    for index in companions(of: layer, column) {
      layers[index].setTick(tick, column)
      offsets[column.rawValue][index] = tick - masters[column.rawValue]
    }
  }

  /// Moves a master, and with it all layers.
  package mutating func moveMaster(_ column: Column, to tick: Int) {
    masters[column.rawValue] = tick
    for index in layers.indices {
      layers[index].setTick(column.scale.clamped(tick + offsets[column.rawValue][index]), column)
    }
  }

  /// Puts a master at `tick` and all layers with it.
  package mutating func level(_ column: Column, at tick: Int) {
    masters[column.rawValue] = tick
    for index in layers.indices {
      layers[index].setTick(tick, column)
      offsets[column.rawValue][index] = 0
    }
  }

  /// Changes what no slider has. What layers of one list share changes for all of them.
  package mutating func change(_ layer: Int, _ body: (inout LayerSettings) -> Void) {
    let pruned = companions(of: layer, .prune)
    body(&layers[layer])
    for index in pruned where index != layer { layers[index].share(pruningOf: layers[layer]) }
    for index in companions(of: layer, .weights) where index != layer {
      layers[index].share(weightsOf: layers[layer])
    }
    align()
  }

  /// Puts a layer into the list `group`, whose amount and unit it takes over, or out of any list.
  package mutating func setGroup(_ group: Int?, of layer: Int) {
    let member = layers.indices.first { group != nil && layers[$0].group == group }
    for index in twins(of: layer) {
      layers[index].group = group
      if group != nil { layers[index].isByOutput = false }
      if let member { layers[index].share(pruningOf: layers[member]) }
    }
    align()
  }

  /// Puts all layers into one list, at the master's amount, or each in its own.
  package mutating func setGroupOfAll(_ isGlobal: Bool) {
    guard let first = layers.first else { return }
    for index in layers.indices {
      layers[index].group = isGlobal ? 1 : nil
      guard isGlobal else { continue }
      layers[index].share(pruningOf: first)
      layers[index].isByOutput = false
      layers[index].group = 1
      layers[index].setTick(masters[Column.prune.rawValue], .prune)
    }
    align()
  }

  /// Everything about one layer back to the default; it leaves its list.
  package mutating func reset(_ layer: Int) {
    for index in twins(of: layer) {
      let isOther = index != layer
      let activations = layers[index]
      layers[index] = LayerSettings()
      if isOther { layers[index].share(activationsOf: activations) }
    }
    align()
  }

  /// The layers that share the slider of `column` with `layer`, itself among them: those ranked in one list,
  /// and those that have the same weight.
  package func companions(of layer: Int, _ column: Column) -> [Int] {
    switch column {
    case .activations: return [layer]
    case .weights: return twins(of: layer)
    case .prune:
      guard let group = layers[layer].group else { return twins(of: layer) }
      return layers.indices.filter { layers[$0].group == group }
    }
  }

  private func twins(of layer: Int) -> [Int] { owners.indices.filter { owners[$0] == owners[layer] } }

  /// The distances from the masters, anew.
  private mutating func align() {
    for column in Column.allCases {
      for index in layers.indices {
        let tick = layers[index].tick(column)
        let held = column.scale.clamped(masters[column.rawValue] + offsets[column.rawValue][index])
        // A layer that an end of the track holds back has not moved.
        if tick != held { offsets[column.rawValue][index] = tick - masters[column.rawValue] }
      }
    }
  }

  /// Of equally many the one that comes first.
  private static func mostCommon(_ ticks: [Int]) -> Int? {
    var counts: [Int: Int] = [:]
    for tick in ticks { counts[tick, default: 0] += 1 }
    let most = counts.values.max()
    return ticks.first { counts[$0] == most }
  }
}
