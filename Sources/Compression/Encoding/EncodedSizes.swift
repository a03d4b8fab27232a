/// Bytes of a model's constants in several forms of storage.
///
/// Shapes, names, widths, and which form a constant has are not counted: every form needs them, the dense one too.
/// Scales and zero points are counted as they are in all of them.
public struct EncodedSizes: Hashable, Sendable {
  /// With everything in the same encoding. The dense one is `CostReport.sizeBytes`.
  public var bytes: [SparseEncoding: Int]
  /// With every constant in the encoding that suits it best.
  public var sparse: Int
  /// The encoding that suits the layers' weights best; nil where they differ.
  public var encoding: SparseEncoding?
  /// Quantized constants of up to 16 bits Huffman-coded as in Deep Compression, code tables included, and all else
  /// in the encoding that suits it best. nil where no weight is quantized: floating-point weights are all
  /// different, and no code makes them shorter.
  public var huffman: Int?
  /// In the model's order.
  public var layers: [LayerSizes]

  /// With everything packed at its width.
  public var dense: Int { bytes[.dense] ?? 0 }
}

/// Bytes of one layer's weight and bias, with the weight's scales and zero points. A weight that two layers share is
/// counted at both, but once in the model's sum.
public struct LayerSizes: Hashable, Sendable {
  public var name: String
  /// With weight and bias in the same encoding.
  public var bytes: [SparseEncoding: Int]
  public var sparse: Int
  /// The encoding that suits the weight best.
  public var encoding: SparseEncoding
  /// nil where the weight is not quantized.
  public var huffman: Int?

  public var dense: Int { bytes[.dense] ?? 0 }
}

/// Bytes of one constant.
package struct ConstantSizes: Hashable, Sendable {
  var bytes: [SparseEncoding: Int]
  var huffman: Int?

  /// What is no weight and stays as it is.
  init(plain: Int) { bytes = Dictionary(uniqueKeysWithValues: SparseEncoding.allCases.map { ($0, plain) }) }

  package init(_ weights: WeightCodes) {
    let positions = weights.positions
    bytes = Dictionary(
      uniqueKeysWithValues: SparseEncoding.allCases.map {
        ($0, $0.coder.byteCount(of: weights, positions: positions))
      })
    if HuffmanEncoding.applies(to: weights) {
      huffman = HuffmanEncoding().byteCount(of: weights, positions: positions)
    }
  }

  /// The encoding of the fewest bytes; of equal ones the simplest.
  package var best: SparseEncoding {
    SparseEncoding.allCases.min { bytes[$0, default: 0] < bytes[$1, default: 0] } ?? .dense
  }

  var sparse: Int { bytes[best] ?? 0 }
}
