import Engine
import Foundation
import Graph
import Tensor

/// The scales of activations that learn (LSQ), each beginning with the one that calibration has found.
///
/// What they have become is written into the trained model as ranges of its tensors, which the calibration `learned` reads.
public struct LearnedRanges: Sendable {
  private struct Place: Sendable {
    var tensor: String
    /// By calibration, and the scale that it came to: ranges grow and shrink with their scales.
    var range: ActivationRanges.Range
    var scale: Float
    /// The integers that are used.
    var integers: ClosedRange<Int>
    /// What the gradient is multiplied by.
    var factor: Double
  }

  /// By the name of the scale's constant.
  private let places: [String: Place]

  /// Names of the constants that learn.
  public var names: Set<String> { Set(places.keys) }
  /// The integers of each.
  public var integers: [String: ClosedRange<Int>] { places.mapValues(\.integers) }
  /// What the gradient of a scale is multiplied by; nil for what is none.
  public func factor(_ name: String) -> Double? { places[name]?.factor }

  /// None.
  public init() { places = [:] }

  /// - Parameters:
  ///   - graph: with pairs of quantizers in front of its layers; loses the Clips that cut off narrow ones, for where to cut
  ///     follows from the scale.
  ///   - ranges: by which the scales were found.
  /// - Throws: `GraphError` where the graph does not fit together.
  init(_ graph: inout Graph, ranges: ActivationRanges) throws {
    let typed = try graph.typedForOneSample()
    var places: [String: Place] = [:]
    var clips: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where node.type == Clip.type {
      clips[node.outputs[0]] = index
    }
    for index in graph.nodes.indices where graph.nodes[index].type == QuantizeLinear.type {
      let node = graph.nodes[index]
      guard let source = node.input(0), graph.constants[source] == nil, let name = node.input(1),
        let scale = graph.constants[name], scale.count == 1, let zeroPoint = node.input(2),
        let zero = graph.constants[zeroPoint], let dtype = typed.facts[node.outputs[0]]?.dtype,
        let types = dtype.quantizedRange
      else { continue }
      let step = scale.floats[0]
      let offset = zero.integers?[0] ?? 0
      var integers = types
      var tensor = source
      if (graph.widths[zeroPoint] ?? 8) < 8, let clip = clips[source], let inner = graph.nodes[clip].input(0),
        let low = graph.nodes[clip].input(1).flatMap({ graph.constants[$0]?.floats[0] }),
        let high = graph.nodes[clip].input(2).flatMap({ graph.constants[$0]?.floats[0] })
      {
        integers = Int((low / step).rounded()) + offset...Int((high / step).rounded()) + offset
        tensor = inner
        graph.nodes[index].inputs[0] = inner
      }
      guard step > 0, let range = ranges[tensor] else { continue }
      let count = typed.facts[tensor]?.sizes?.reduce(1, *) ?? 1
      let factor = LearnedStepSize(
        qmin: min(integers.lowerBound - offset, 0), qmax: max(integers.upperBound - offset, 1)
      )
      .gradientScale(count: count)
      places[name] = Place(
        tensor: tensor, range: range, scale: step, integers: integers, factor: factor)
    }
    self.places = places
    graph = graph.pruningUnused()
  }

  /// Writes what the scales have become into the trained model.
  ///
  /// - Parameter constants: with the scales among them.
  func write(_ constants: [String: Tensor], into graph: inout Graph) {
    if places.isEmpty { return }
    var ranges = graph.learnedRanges
    for (name, place) in places {
      guard let scale = constants[name]?.floats.first else { continue }
      let ratio = scale / place.scale
      ranges[place.tensor] = .init(low: place.range.low * ratio, high: place.range.high * ratio)
    }
    graph.learnedRanges = ranges
  }
}

extension Graph {
  private static let learnedRangesKey = "pare.ranges"

  /// The ranges of tensors that training has left, by name.
  var learnedRanges: [String: ActivationRanges.Range] {
    get {
      let text = metadata[Self.learnedRangesKey] ?? ""
      let ends = (try? JSONDecoder().decode([String: [Float]].self, from: Data(text.utf8))) ?? [:]
      return ends.compactMapValues { ends in
        guard ends.count == 2, ends[0].isFinite, ends[1].isFinite, ends[0] <= 0, ends[1] >= 0 else {
          return nil
        }
        return ActivationRanges.Range(low: ends[0], high: ends[1])
      }
    }
    set {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let text = try? encoder.encode(newValue.mapValues { [$0.low, $0.high] })
      metadata[Self.learnedRangesKey] = text.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
