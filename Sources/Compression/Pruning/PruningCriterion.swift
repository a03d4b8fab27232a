import Graph
import Tensor

/// How much a weight or a channel is worth keeping.
///
/// One file and one line in `PruningCriteria` for each. What a criterion ranks it says by being a
/// `WeightCriterion`, a `ChannelCriterion`, or both.
public protocol PruningCriterion: Sendable {
  /// What recipes call it.
  static var names: [String] { get }

  init(_ rule: PruningRule)

  /// Tells it from every other criterion, its parameters included: results are remembered under it.
  var name: String { get }

  /// What it has to know of a layer's values on samples; nothing unless it says so.
  static var observes: Set<LayerObservation.Kind> { get }
}

/// Ranks single weights, and so blocks and patterns of them.
public protocol WeightCriterion: PruningCriterion {
  /// One number a weight, in row-major order. The lowest go first.
  func scores(of weight: RankedWeight) -> [Float]

  /// One number a block, in the grid's order: the sum of its weights' scores unless the criterion knows better.
  func scores(ofBlocks grid: BlockGrid, in weight: RankedWeight) -> [Float]

  /// Whether weights that are zero already have the lowest scores of all, and only they.
  var zerosGoFirst: Bool { get }

  /// Whether the score of a single weight is its magnitude and nothing else, which then need not be kept.
  var scoresAreMagnitudes: Bool { get }
}

/// Ranks single weights, and makes up for those that go by changing those that stay.
public protocol ReconstructingCriterion: WeightCriterion {
  /// The weight without `count` units.
  ///
  /// - Parameter isByRow: whether each output channel loses as many.
  /// - Throws: `CompressionError.layer`.
  func pruned(
    _ weight: RankedWeight, unit: RankedUnit, isByRow: Bool, removing count: Int
  ) throws(CompressionError) -> Tensor
}

/// Ranks slices along an axis.
public protocol ChannelCriterion: PruningCriterion {
  /// Whether the layer has what it takes to rank its output channels.
  static func applies(to layer: Layer, in typed: TypedGraph) -> Bool

  /// One number a slice along `axis`. The lowest go first.
  ///
  /// - Throws: `CompressionError.layer` where the layer has not what it takes.
  func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) throws(CompressionError) -> [Double]

  /// A score as people read it: a norm where scores are its powers.
  func root(_ score: Double) -> Double
}

/// A weight that is to be ranked, and where it stands.
public struct RankedWeight: Sendable {
  public var tensor: Tensor
  public var layer: Layer
  public var typed: TypedGraph
  /// What the criterion asked for.
  public var observation: LayerObservation?
}

extension PruningCriterion {
  public static var observes: Set<LayerObservation.Kind> { [] }
}

extension WeightCriterion {
  public var zerosGoFirst: Bool { false }

  public var scoresAreMagnitudes: Bool { false }

  public func scores(ofBlocks grid: BlockGrid, in weight: RankedWeight) -> [Float] {
    let scores = scores(of: weight)
    var sums = [Double](repeating: 0, count: grid.count)
    grid.forEachElement { block, element in sums[block] += Double(scores[element]) }
    return sums.map { Float($0) }
  }
}

extension ChannelCriterion where Self: WeightCriterion {
  /// The sum of a slice's scores, unless the criterion knows better.
  public func scores(ofSlicesAlong axis: Int, in weight: RankedWeight) -> [Double] {
    let scores = scores(of: weight)
    var sums = [Double](repeating: 0, count: weight.tensor.shape[axis])
    weight.tensor.shape.forEachRun(along: axis) { slice, run in
      for index in run { sums[slice] += Double(scores[index]) }
    }
    return sums
  }
}

extension ChannelCriterion {
  public static func applies(to layer: Layer, in typed: TypedGraph) -> Bool { true }

  public func root(_ score: Double) -> Double { score }
}

/// The criteria that Pare knows. A new one is a file beside this and a line here.
public enum PruningCriteria {
  static let all: [any PruningCriterion.Type] = [
    Magnitude.self,
    RandomOrder.self,
    LayerAdaptiveMagnitude.self,
    GeometricMedian.self,
    BatchNormScale.self,
    Wanda.self,
    ZeroShare.self,
    SparseGPT.self,
    Taylor.self,
  ]

  /// What recipes call them.
  public static var names: [String] { all.flatMap { $0.names } }

  /// Those that observe samples.
  public static var observing: [String] { all.filter { !$0.observes.isEmpty }.flatMap { $0.names } }

  /// Those that rank `unit`, without the names for norms.
  public static func names(for unit: PruningRule.Unit) -> [String] {
    all.filter { $0 != Magnitude.self && ranks(unit, $0) }.flatMap { $0.names }
  }

  static func ranks(_ unit: PruningRule.Unit, _ type: any PruningCriterion.Type) -> Bool {
    if unit.isSlice { return type is any ChannelCriterion.Type }
    // What makes up for weights goes by columns.
    if case .block = unit, type is any ReconstructingCriterion.Type { return false }
    return type is any WeightCriterion.Type
  }

  /// Those that rank the output channels of a layer, without the names for norms.
  public static func channelNames(of layer: Layer, in typed: TypedGraph) -> [String] {
    all.filter { type in
      guard let type = type as? any ChannelCriterion.Type, type != Magnitude.self else { return false }
      return type.applies(to: layer, in: typed)
    }.flatMap { $0.names }
  }

  /// The criterion that a rule asks for, which has a name in `names` or none.
  static func criterion(for rule: PruningRule) -> any PruningCriterion {
    let type = rule.criterion.flatMap { name in all.first { $0.names.contains(name) } }
    return type?.init(rule) ?? Magnitude(rule)
  }
}
