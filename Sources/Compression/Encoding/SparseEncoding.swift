/// A way to store a constant's elements without most of its zeros.
public enum SparseEncoding: String, Hashable, Sendable, CaseIterable {
  /// Every element, packed at its width.
  case dense
  /// One bit for each element, and the non-zero ones.
  case bitmap
  /// The distance to the one before, and the non-zero elements (Han, Mao and Dally 2016, "Deep Compression").
  case relativeIndex = "relative-index"
  /// Compressed sparse rows: where rows begin, the columns, and the non-zero elements.
  case csr

  /// The bytes themselves.
  package var coder: any WeightEncoding {
    switch self {
    case .dense: DenseEncoding()
    case .bitmap: BitmapEncoding()
    case .relativeIndex: RelativeIndexEncoding()
    case .csr: CSREncoding()
    }
  }
}

/// Turns codes into bytes and back.
package protocol WeightEncoding: Sendable {
  /// How many bytes `encode` gives, without making them.
  ///
  /// - Parameter positions: of the elements that are not zero.
  func byteCount(of weights: WeightCodes, positions: [Int]) -> Int
  func encode(_ weights: WeightCodes) -> [UInt8]
  /// The codes; nil where the bytes are no such encoding.
  func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]?
}

/// Every element, packed.
package struct DenseEncoding: WeightEncoding {
  package init() {}

  package func byteCount(of weights: WeightCodes, positions: [Int]) -> Int {
    (weights.layout.count * weights.layout.bits + 7) / 8
  }

  package func encode(_ weights: WeightCodes) -> [UInt8] {
    var writer = BitWriter()
    for code in weights.codes { writer.write(code, bits: weights.layout.bits) }
    return writer.bytes
  }

  package func decode(_ bytes: [UInt8], _ layout: CodeLayout) -> [UInt64]? {
    var reader = BitReader(bytes)
    var codes: [UInt64] = []
    for _ in 0..<layout.count {
      guard let code = reader.read(bits: layout.bits) else { return nil }
      codes.append(code)
    }
    return codes
  }
}
