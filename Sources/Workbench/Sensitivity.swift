import Compression
import Engine
import Formats
import Graph

/// How much a model loses when one layer is pruned, or its weights are rounded, with all others as they are: which
/// layers bear it, and which do not.
public struct Sensitivity: Sendable {
  /// One layer at one setting.
  public struct Point: Hashable, Sendable {
    /// The layer's index in the model.
    public var layer: Int
    public var setting: Setting
    public var evaluation: Evaluation
  }

  public enum Setting: Hashable, Sendable {
    /// A share of the weights, the smallest first.
    case pruned(Double)
    /// Bits of the weights, symmetric by output channel.
    case bits(Int)

    /// The recipe that does this to one layer.
    func recipe(_ layer: String) -> Recipe {
      switch self {
      case .pruned(let amount): Recipe(pruning: [PruningRule(layers: [layer], amount: .fraction(amount))])
      case .bits(let bits): Recipe(weights: [WeightRule(layers: [layer], bits: bits, granularity: .channel)])
      }
    }
  }

  /// The model as it is.
  public let original: Evaluation
  public private(set) var points: [Point] = []
  /// What all of it took, in seconds.
  public private(set) var seconds = 0.0
  /// What one pass takes from the inputs on, with nothing kept, in seconds.
  public let passSeconds: Double
  /// What it would have taken with such a pass for each setting.
  public var secondsFromScratch: Double { passSeconds * Double(points.count) }

  /// Ten amounts, closer together where layers begin to break.
  public static let amounts = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
  public static let widths = [8, 6, 5, 4, 3, 2]

  /// - Parameters:
  ///   - settings: of each layer.
  ///   - cacheBudget: bytes that may be kept of values between layers.
  ///   - onPoint: gets each point as it is found, and how many there are.
  /// - Throws: `CompressionError`, `EngineError` or `EvaluationError`; `CompressionError.cancelled` where `isCancelled`
  ///   says so.
  public init(
    of compressor: Compressor, on data: Dataset, settings: [Setting], threads: Int = Threads.standard,
    cacheBudget: Int = CacheBudget.standard, isCancelled: @escaping @Sendable () -> Bool = { false },
    onPoint: (Point, Int) -> Void = { _, _ in }
  ) throws {
    let cache = ActivationCache(budget: cacheBudget)
    let before = OriginalOutputs(compressor.model.graph, threads: threads)
    let macs = compressor.baseline.macs
    func evaluator(_ graph: Graph, keepsAll: Bool = false) throws -> Evaluator {
      try Evaluator(
        graph, on: data, threads: threads, macs: macs, original: before, cache: cache, keepsAll: keepsAll)
    }
    // Of two passes the second has its threads and its memory already.
    passSeconds =
      try [0, 1].map { _ in
        try Evaluator(compressor.model.graph, on: data, threads: threads, macs: macs, original: before).run(
          isCancelled: isCancelled
        ).seconds
      }.min() ?? 0
    original = try evaluator(compressor.model.graph, keepsAll: true).run(isCancelled: isCancelled)
    let clock = ContinuousClock()
    let start = clock.now
    let layers = compressor.model.layers
    for layer in layers.indices {
      for setting in settings {
        let recipe = setting.recipe(Recipe.pattern(for: layers[layer].name))
        let graph = try compressor.apply(recipe, isCancelled: isCancelled).graph
        let point = Point(
          layer: layer, setting: setting,
          evaluation: try evaluator(graph).run(isCancelled: isCancelled))
        points.append(point)
        onPoint(point, layers.count * settings.count)
      }
    }
    seconds = start.duration(to: clock.now).inSeconds
  }
}
