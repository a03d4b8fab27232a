import Engine
import Graph
import Tensor

/// What is trained: the model as a recipe prunes and repairs it, with its weights as real numbers, and what holds of
/// them while they change. The recipe's quantization is simulated while it learns, and done for good at the end.
public struct DistillationStudent: Sendable {
  /// The pruned model, with nothing rounded.
  public let graph: Graph
  /// The same with what flows into layers rounded where the recipe asks for it: what is trained.
  public let simulated: Graph
  /// Names of the constants that learn.
  public let learning: Set<String>
  /// For each pruned weight which of its numbers stay zero: `false` for those.
  public let kept: [String: [Bool]]
  /// Scales of activations that learn; none where they are as calibration finds them.
  public let learnedRanges: LearnedRanges
  /// Masks that grow while it trains; nil where `kept` is all there is.
  public let masks: GradualMasks?
  /// How weights are rounded before each step, by name.
  public let roundings: [String: WeightRounding]
  /// What is then done to the trained model: the recipe without the pruning that is in it already.
  public let quantization: Recipe

  /// - Parameters:
  ///   - compressor: of the model as it was, or of the one that the recipe's student is made of: `Compressor.base`.
  ///   - calibration: samples, needed where the recipe asks for some.
  ///   - keepsZeros: whether all zeros in weights stay zero, as those of a model that was pruned and trained before.
  ///   - isCancelled: asked often, from any thread.
  /// - Throws: as `Compressor.apply`, and `DistillationStudent.Failure` where the student cannot be trained.
  public init(
    _ compressor: Compressor, _ recipe: Recipe, calibration: CalibrationData? = nil,
    keepsZeros: Bool = false, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let settings = recipe.distillation ?? DistillationSettings()
    var pruning = recipe
    (pruning.weights, pruning.activations, pruning.mode, pruning.tensors) = ([], [], nil, .standard(in: nil))
    (pruning.equalize, pruning.smooth, pruning.correctsBiases) = (false, nil, false)
    pruning.distillation = nil
    if case .gradual(let ramp) = settings.masks {
      masks = try GradualMasks(recipe, ramp)
      (pruning.pruning, pruning.repair) = ([], .none)
    } else {
      masks = nil
    }
    graph = try compressor.apply(pruning, calibration: calibration, isCancelled: isCancelled).graph
    var quantization = recipe
    // What masks grow to is taken out at the end, when the weights that go are zero.
    if masks == nil { quantization.pruning = [] }
    (quantization.repair, quantization.distillation) = (.none, nil)
    if settings.learnsScales { try quantization.learnScales() }
    self.quantization = quantization
    let isSimulating = settings.simulatesQuantization && quantization != .empty
    if isSimulating, !recipe.activations.isEmpty {
      var rounding = pruning
      (rounding.activations, rounding.mode) = (recipe.activations, recipe.mode)
      let rounded = try compressor.apply(rounding, calibration: calibration, isCancelled: isCancelled)
      var graph = rounded.graph
      learnedRanges =
        settings.learnsScales ? try LearnedRanges(&graph, ranges: rounded.ranges) : LearnedRanges()
      simulated = graph
    } else {
      (simulated, learnedRanges) = (graph, LearnedRanges())
    }
    let model = try Model(graph)
    let trained = try Model(simulated)
    let learning = trained.typed.learningConstants(layers: trained.layers)
    self.learning = learning.union(learnedRanges.names)
    if learning.isEmpty { throw Failure.nothingLearns }
    let obstacles = try TrainingGraph.obstacles(simulated, learning: self.learning)
    if !obstacles.isEmpty { throw Failure.obstacles(obstacles.map { ($0.node, $0.operator.description) }) }
    roundings = isSimulating ? try WeightRounding.all(of: recipe, in: model) : [:]
    kept = try Self.kept(pruning, compressor.model, graph, all: keepsZeros)
  }

  /// Zeros that pruning made.
  ///
  /// - Parameter all: whether zeros in layers without a rule are such too.
  private static func kept(
    _ recipe: Recipe, _ model: Model, _ graph: Graph, all: Bool
  ) throws -> [String: [Bool]] {
    let choice = try RuleChoice(recipe, layers: model.layers)
    var kept: [String: [Bool]] = [:]
    for (layer, rule) in zip(model.layers, choice.pruning) where all || rule != nil {
      guard let weight = graph.constants[layer.weight], weight.dtype == .float32 else { continue }
      let mask = weight.withElements(of: Float.self) { values in values.map { $0 != 0 } }
      if mask.contains(false) { kept[layer.weight] = mask }
    }
    return kept
  }

  /// The trained model after the recipe's quantization: what the screen shows and the file holds.
  ///
  /// - Parameter trained: `graph` with other constants.
  /// - Throws: as `Compressor.apply`.
  public func compressed(
    _ trained: Graph, name: String, threads: Int, calibration: CalibrationData? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> CompressedModel {
    let compressor = Compressor(try Model(trained, name: name), threads: threads)
    return try compressor.apply(quantization, calibration: calibration, isCancelled: isCancelled)
  }

  /// `graph` with constants of `simulated` in place of its own.
  public func carrying(_ constants: [String: Tensor]) -> Graph {
    var result = graph
    for (name, tensor) in constants where result.constants[name] != nil { result.constants[name] = tensor }
    learnedRanges.write(constants, into: &result)
    return result
  }

  /// Why there is no student.
  public enum Failure: Error, CustomStringConvertible {
    case nothingLearns
    case masks(String)
    case scales(String)
    case obstacles([(node: String, type: String)])

    public var description: String {
      switch self {
      case .nothingLearns: "the model has no weights that could learn"
      case .scales(let reason): "scales cannot be learned: \(reason); or set \"learned_scales\" to false"
      case .masks(let reason): "masks cannot grow while training: \(reason); or set \"masks\" to \"fixed\""
      case .obstacles(let obstacles):
        "cannot be trained: there is no way back through "
          + obstacles.prefix(6).map { "node '\($0.node)' (\($0.type))" }.joined(separator: ", ")
          + (obstacles.count > 6 ? " and \(obstacles.count - 6) more" : "")
      }
    }
  }
}

extension Recipe {
  /// Has weights and activations keep the scales that they have learned.
  ///
  /// - Throws: `DistillationStudent.Failure` where there are none to learn.
  fileprivate mutating func learnScales() throws(DistillationStudent.Failure) {
    for index in weights.indices where weights[index].bits < BitWidth.float {
      if weights[index].scheme == .affine {
        throw .scales("only symmetric weights have them, and \"quantization.weights[\(index)]\" is affine")
      }
      guard weights[index].scheme == .symmetric else { continue }
      (weights[index].linear.calibration, weights[index].linear.method) = (.learned, .nearest)
    }
    for index in activations.indices where activations[index].bits < BitWidth.float {
      activations[index].calibration = .learned
    }
    if !weights.contains(where: { $0.linear.calibration == .learned }),
      !activations.contains(where: { $0.calibration == .learned })
    {
      throw .scales("no \"quantization.weights\" are symmetric, and no activations are quantized")
    }
  }
}
