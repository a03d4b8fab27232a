import Workbench

/// What is meant by size.
package enum SizeKind: Hashable, Sendable, CaseIterable {
  case dense, sparse, huffman, file, zstd

  /// As the result names it.
  package var label: String {
    switch self {
    case .dense: "Size"
    case .sparse: "Sparse"
    case .huffman: "Huffman"
    case .file: "File"
    case .zstd: "zstd file"
    }
  }

  /// As a sentence names it.
  var explanation: String {
    switch self {
    case .dense: "dense weights"
    case .sparse: "sparse-encoded weights"
    case .huffman: "Huffman-coded weights"
    case .file: "the ONNX file"
    case .zstd: "the file under zstd"
    }
  }

  /// Whether zeros take less than other weights.
  var gainsFromZeros: Bool { self != .dense && self != .file }

  var next: SizeKind {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// nil for what does not apply: floating-point weights have no Huffman code.
  func bytes(_ sizes: Sizes) -> Int? {
    switch self {
    case .dense: sizes.encoded.dense
    case .sparse: sizes.encoded.sparse
    case .huffman: sizes.encoded.huffman
    case .file: sizes.file
    case .zstd: sizes.zstd
    }
  }

  /// The size that others are compared with: without integers, what a Huffman code leaves as it is.
  func reference(_ sizes: Sizes) -> Int { bytes(sizes) ?? sizes.encoded.sparse }
}
