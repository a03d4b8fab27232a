import Graph
import Tensor

/// How a weight is rounded while it learns: as the recipe's rule will round it for good.
public struct WeightRounding: Sendable {
  private let rule: WeightRule
  private let slot: WeightSlot
  private let opset: Int
  private let mode: QuantizationMode?
  private let layer: String

  /// - Returns: by the name of the weight.
  /// - Throws: `RecipeError` for a pattern that matches no layer.
  static func all(of recipe: Recipe, in model: Model) throws(RecipeError) -> [String: WeightRounding] {
    let choice = try RuleChoice(recipe, layers: model.layers)
    var roundings: [String: WeightRounding] = [:]
    for (layer, index) in zip(model.layers, choice.weights) {
      guard let index, recipe.weights[index].bits < 32 else { continue }
      var rule = recipe.weights[index]
      // Methods that look at samples choose integers for weights that have stopped to change.
      if rule.observedSamples != nil { rule.linear.method = LinearOptions.standard.method }
      roundings[layer.weight] = WeightRounding(
        rule: rule, slot: layer.slot, opset: model.graph.opset(of: DequantizeLinear.type), mode: recipe.mode,
        layer: layer.name)
    }
    return roundings
  }

  /// The weight as a model computes with it.
  ///
  /// - Throws: `CompressionError.layer` for a weight that does not take the form.
  public func rounded(_ weight: Tensor) throws(CompressionError) -> Tensor {
    do {
      return try rule.store(weight, slot: slot, opset: opset, mode: mode).dequantized
    } catch {
      throw .layer(layer, reason: error.reason)
    }
  }

  /// Scales that learn with the weight, beginning with those that it has learned before, or else with those of the least
  /// squared error.
  ///
  /// - Returns: nil for what is not linear and symmetric, whose scales do not learn.
  /// - Throws: `CompressionError.layer` for a weight that is not finite.
  public func learnedScales(_ weight: Tensor) throws(CompressionError) -> LearnedScales? {
    guard rule.scheme == .symmetric else { return nil }
    var rule = rule
    rule.linear.calibration = .learned
    do {
      return LearnedScales(try QuantizedWeight(weight, rule: rule, slot: slot, mode: mode))
    } catch {
      throw .layer(layer, reason: error.reason)
    }
  }

  /// Whether weights share the values of a list, which then learn in their place.
  public var isCodebook: Bool { rule.scheme == .codebook }

  /// The values that weights share, and the code of each weight, negative for those that are zero.
  ///
  /// - Throws: `CompressionError.layer` for a weight that is not finite.
  public func shared(_ weight: Tensor) throws(CompressionError) -> (values: [Float], codes: [Int32]) {
    let rounded = try rounded(weight).array(of: Float.self)
    let values = Set(rounded).subtracting([0]).sorted()
    let places = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
    return (values, rounded.map { places[$0] ?? -1 })
  }
}
