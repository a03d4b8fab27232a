import Compression

/// Where the sliders of every layer stand, as the dashboard has them: a value that stands for a recipe.
struct SliderPositions: Hashable {
  struct Layer: Hashable {
    /// In percent.
    var pruned = 0
    /// Whether whole channels are taken out in place of single weights.
    var removes = false
    var weightBits = BitWidth.float
    var activationBits = BitWidth.float
  }

  enum Column: CaseIterable {
    case prune, weights, activations
  }

  var layers: [Layer]

  private static let bits = [2, 3, 4, 5, 6, 8, BitWidth.float]
  private static let mostPruned = 99

  init(layers: Int) { self.layers = Array(repeating: Layer(), count: layers) }

  /// Moves a slider by so many steps, as far as it goes.
  mutating func move(_ column: Column, of layer: Int, by steps: Int) {
    switch column {
    case .prune: layers[layer].pruned = min(max(layers[layer].pruned + steps, 0), Self.mostPruned)
    case .weights: layers[layer].weightBits = Self.moved(layers[layer].weightBits, by: steps)
    case .activations: layers[layer].activationBits = Self.moved(layers[layer].activationBits, by: steps)
    }
  }

  private static func moved(_ width: Int, by steps: Int) -> Int {
    let index = (bits.firstIndex(of: width) ?? bits.count - 1) + steps
    return bits[min(max(index, 0), bits.count - 1)]
  }

  /// - Parameter names: of the layers.
  func recipe(_ names: [String]) -> Recipe {
    var recipe = Recipe.empty
    for (name, layer) in zip(names.map(Recipe.pattern), layers) {
      if layer.pruned > 0 {
        recipe.pruning.append(
          PruningRule(
            layers: [name], unit: layer.removes ? .channel(remove: true) : .weight,
            amount: .fraction(Double(layer.pruned) / 100)))
      }
      if layer.weightBits < BitWidth.float {
        recipe.weights.append(WeightRule(layers: [name], bits: layer.weightBits, granularity: .channel))
      }
      if layer.activationBits < BitWidth.float {
        recipe.activations.append(ActivationRule(layers: [name], bits: layer.activationBits))
      }
    }
    return recipe
  }
}
