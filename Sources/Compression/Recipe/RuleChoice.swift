import Graph

/// Which rule of each list a model's layers obey: for each layer the index of the rule, if any.
struct RuleChoice: Hashable, Sendable {
  var pruning: [Int?]
  var weights: [Int?]
  var activations: [Int?]

  /// Layers that share a weight obey one rule for it, the last that matches any of them.
  ///
  /// - Throws: `RecipeError` for a pattern that matches no layer.
  init(_ recipe: Recipe, layers: [Layer]) throws(RecipeError) {
    let names = layers.map(\.name)
    pruning = try Self.choose(recipe.pruning.map(\.layers), among: names, list: "pruning")
    weights = try Self.choose(recipe.weights.map(\.layers), among: names, list: "quantization.weights")
    activations = try Self.choose(
      recipe.activations.map(\.layers), among: names, list: "quantization.activations")
    let sharing = Dictionary(grouping: layers.indices, by: { layers[$0].weight })
    for indices in sharing.values where indices.count > 1 {
      let pruned = indices.compactMap { pruning[$0] }.max()
      let quantized = indices.compactMap { weights[$0] }.max()
      for index in indices {
        pruning[index] = pruned
        weights[index] = quantized
      }
    }
  }

  private static func choose(_ rules: [[String]], among names: [String], list: String) throws(RecipeError)
    -> [Int?]
  {
    var chosen = [Int?](repeating: nil, count: names.count)
    for (rule, patterns) in rules.enumerated() {
      for (index, pattern) in patterns.enumerated() {
        let glob = Glob(pattern)
        var matched = false
        for (layer, name) in names.enumerated() where glob.matches(name) {
          chosen[layer] = rule
          matched = true
        }
        if !matched {
          let known = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
          throw RecipeError(
            field: "\(list)[\(rule)].layers[\(index)]",
            reason: "no layer matches '\(pattern)'"
              + (names.isEmpty ? "; the model has none" : "; there are \(known)"))
        }
      }
    }
    return chosen
  }
}
