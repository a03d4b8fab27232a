import Graph
import Tensor

/// A weight as `2^b` equal steps from its least to its greatest element, `round((w - min) / (max - min) · (2^b - 1))`,
/// halves to even, in float32.
///
/// Unlike in `affine` the range is not widened to include 0, and 0 need not be one of the steps: what is pruned is then
/// no longer zero. It is read as `(q + min / step) · step`, by Cast, Sub and Mul: zero points of DequantizeLinear are
/// integers.
struct MinMaxWeight: StoredWeight {
  /// uint8, of the weight's shape.
  private let integers: Tensor
  private let step: Float
  /// The number between the integers that stands for 0.
  private let zero: Float
  let bits: Int
  let nonzero: Int

  /// - Parameter bits: 2 to 8.
  /// - Throws: `WeightMismatch` where an element is not finite, or their range is none.
  init(_ weight: Tensor, bits: Int) throws(WeightMismatch) {
    let values = weight.floats
    guard weight.withElements(of: Float.self, { FloatExtent($0).check }) == 0 else { throw .notFinite }
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    let levels = Float(1 << bits - 1)
    let range = high - low
    guard range.isFinite else { throw WeightMismatch(reason: "has weights that are too far apart") }
    // All the same: one step, which is 0 or the number itself.
    let isFlat = range / levels < .leastNormalMagnitude
    step = isFlat ? (low == 0 ? 1 : low) : range / levels
    zero = isFlat ? 0 : -low / step
    let integers = values.map { value -> UInt8 in
      isFlat ? (low == 0 ? 0 : 1) : UInt8(((value - low) / range * levels).rounded(.toNearestOrEven))
    }
    nonzero = UInt8(exactly: zero).map { zero in integers.count { $0 != zero } } ?? integers.count
    self.integers = Tensor(integers, shape: weight.shape)
    self.bits = bits
  }

  var addedBytes: Int { 8 }
  var byteCount: Int { integers.byteCount }
  var dequantized: Tensor { Tensor(integers.floats.map { ($0 - zero) * step }, shape: integers.shape) }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    let (zeroName, stepName) = (fresh(name + "_zero"), fresh(name + "_step"))
    let (float, shifted, output) = (fresh(name + "_float"), fresh(name + "_shifted"), fresh(name + "_scaled"))
    return Insertion(
      nodes: [
        Node(
          name: float, type: Cast.type, inputs: [name], outputs: [float],
          attributes: ["to": .int(DType.float32.rawValue)]),
        Node(name: shifted, type: Sub.type, inputs: [float, zeroName], outputs: [shifted]),
        Node(name: output, type: Mul.type, inputs: [shifted, stepName], outputs: [output]),
      ],
      constants: [name: integers, zeroName: Tensor(scalar: zero), stepName: Tensor(scalar: step)],
      widths: [name: bits], output: output)
  }
}
