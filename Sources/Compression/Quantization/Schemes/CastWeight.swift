import Graph
import Tensor

/// A weight in a shorter floating-point type, which a Cast makes float32 again.
struct CastWeight: StoredWeight {
  private let short: Tensor
  let nonzero: Int

  /// - Throws: `WeightMismatch` for a number that is not finite, or not in the type.
  init(_ weight: Tensor, as dtype: DType) throws(WeightMismatch) {
    func isFinite(_ tensor: Tensor) -> Bool {
      tensor.withElements(of: Float.self) { FloatExtent($0).check == 0 }
    }
    guard isFinite(weight) else { throw .notFinite }
    short = weight.converted(to: dtype)
    let back = short.converted(to: .float32)
    guard isFinite(back) else { throw WeightMismatch(reason: "has a weight that is too large for \(dtype)") }
    nonzero = back.nonzeroCount
  }

  var bits: Int { short.dtype.bits }
  var addedBytes: Int { 0 }
  var byteCount: Int { short.byteCount }
  var dequantized: Tensor { short.converted(to: .float32) }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    let output = fresh(name + "_float")
    let node = Node(
      name: output, type: Cast.type, inputs: [name], outputs: [output],
      attributes: ["to": .int(DType.float32.rawValue)])
    return Insertion(nodes: [node], constants: [name: short], widths: [:], output: output)
  }
}
