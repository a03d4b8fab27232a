import Graph
import Tensor

/// A weight as floats of 8 bits with one scale, `max|w|` over the largest number that the type holds (Micikevicius
/// et al., "FP8 formats for deep learning", 2022), which a DequantizeLinear makes float32 again.
///
/// Without a scale small weights would fall to zero: E4M3's least number is 2^-9.
struct Float8Weight: StoredWeight {
  private let format: Float8Format
  private let codes: Tensor
  private let scale: Float
  let nonzero: Int

  /// The operator set since which DequantizeLinear takes such floats.
  private static let opset = 19

  /// - Throws: `WeightMismatch` for a number that is not finite.
  init(_ weight: Tensor, as format: Float8Format, _ dtype: DType) throws(WeightMismatch) {
    let extent = weight.withElements(of: Float.self) { FloatExtent($0) }
    guard extent.check == 0 else { throw .notFinite }
    let scale = max(-extent.low, extent.high) / format.largest
    // What is all zero, or too small for a scale, needs none.
    self.scale = scale >= .leastNormalMagnitude ? scale : 1
    self.format = format
    codes = Tensor(weight.floats.map { [scale = self.scale] in $0 / scale }, shape: weight.shape)
      .converted(to: dtype)
    nonzero = codes.nonzeroCount
  }

  var bits: Int { 8 }
  var addedBytes: Int { 4 }
  var byteCount: Int { codes.byteCount }
  var dequantized: Tensor { Tensor(codes.floats.map { $0 * scale }, shape: codes.shape) }

  /// Itself where the operator set knows such floats; before, the same numbers as indices into a list of them,
  /// which any runtime reads.
  func form(opset: Int) -> any StoredWeight {
    if opset >= Self.opset { return self }
    let values = (UInt8.min...UInt8.max).map { format.decode($0) * scale }
    // A negative zero is as good as the other.
    let indices = codes.withUnsafeBytes { $0.map { $0 == 0x80 ? 0 : $0 } }
    return CodebookWeight(indices, shape: codes.shape, entries: values, bits: bits)
  }

  func insertion(name: String, opset: Int, fresh: (String) -> String) -> Insertion {
    let scaleName = fresh(name + "_scale")
    let output = fresh(name + "_dequantized")
    let node = Node(
      name: output, type: DequantizeLinear.type, inputs: [name, scaleName], outputs: [output])
    return Insertion(
      nodes: [node], constants: [name: codes, scaleName: Tensor(scalar: scale)], widths: [:], output: output)
  }
}
