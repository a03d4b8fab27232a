import Formats
import Foundation
import Graph
import Tensor

/// Inputs by a fixed lot, for a model that no data is given for: normal numbers for floats, and for whole numbers 0 and
/// 1, or rows of the table that they look up.
public enum RandomInputs {
  public static let name = "random inputs"
  /// Samples that are made unless told.
  public static let count = 64
  /// A size that the model leaves open: of pictures, and of other things.
  private static let (pictureSize, otherSize) = (32, 16)
  /// Numbers of one sample beyond which none are made.
  private static let limit = 1 << 24

  /// - Throws: `EvaluationError.model` for inputs whose number of axes or type is not known, or that are too large.
  public static func make(for graph: Graph, samples: Int = count) throws -> Dataset {
    var inputs: [String: Samples] = [:]
    var constants: [String: Tensor] = [:]
    var random = NormalSource(seed: 1)
    for input in graph.inputs {
      guard let dims = input.dims, let dtype = input.dtype else {
        throw EvaluationError.model(
          reason: "the shape of input '\(input.name)' is not known, so that no inputs can be made; give some "
            + "with --data")
      }
      let open = dims.count > 3 ? pictureSize : otherSize
      var sizes = dims.map { $0.binding(graph.sizes).value ?? open }
      if !sizes.isEmpty { sizes[0] = samples }
      let one = sizes.dropFirst().reduce(Dim(1)) { $0 * Dim($1) }.value ?? .max
      guard one <= limit, sizes.allSatisfy({ $0 >= 0 }) else {
        throw EvaluationError.model(
          reason: "input '\(input.name)' is too large for inputs to be made; give some with --data")
      }
      let shape = Shape(sizes)
      let tensor: Tensor
      if dtype.isFloatingPoint {
        tensor = Tensor((0..<shape.count).map { _ in random.normal() }, shape: shape).converted(to: dtype)
      } else {
        let rows = graph.rows(lookedUpBy: input.name) ?? 2
        tensor = Tensor(
          wrapping: (0..<shape.count).map { _ in random.next(below: rows) }, as: dtype, shape: shape)
      }
      if sizes.isEmpty { constants[input.name] = tensor } else { inputs[input.name] = Samples(tensor) }
    }
    guard !inputs.isEmpty else { throw EvaluationError.model(reason: "the model takes no samples") }
    return try Dataset(name: name, inputs: inputs, constants: constants)
  }
}

extension Graph {
  /// The rows of the smallest table that an input is an index of; nil where there is none.
  fileprivate func rows(lookedUpBy input: String) -> Int? {
    var names: Set = [input]
    var found: Int?
    for node in nodes {
      guard let data = node.inputs.first else { continue }
      if ["Cast", "Reshape", "Unsqueeze", "Squeeze"].contains(node.type.name), names.contains(data) {
        names.formUnion(node.outputs)
      }
      guard node.type == Gather.type, node.inputs.count > 1, names.contains(node.inputs[1]),
        let shape = constants[data]?.shape, shape.rank > 0
      else { continue }
      let axis = node.attributes["axis"].flatMap { if case .int(let axis) = $0 { axis } else { nil } } ?? 0
      let place = axis < 0 ? shape.rank + axis : axis
      guard shape.dims.indices.contains(place), shape[place] > 0 else { continue }
      found = min(found ?? .max, shape[place])
    }
    return found
  }
}

/// Numbers that are the same on every machine: SplitMix64, and Box and Muller's way to normal ones.
private struct NormalSource {
  private var source: SplitMix64

  init(seed: UInt64) { source = SplitMix64(seed: seed) }

  mutating func next(below bound: Int) -> Int { source.next(below: bound) }

  mutating func normal() -> Float {
    // Above 0, so that it has a logarithm.
    let first = (Double(source.next() >> 11) + 1) * 0x1p-53
    let second = source.unit()
    return Float((-2 * log(first)).squareRoot() * cos(2 * .pi * second))
  }
}
