import Compression
import Workbench

/// What a compressed model takes, for people and for programs.
enum SizeTable {
  static func text(_ sizes: Sizes) -> String {
    let encoded = sizes.encoded
    let best = encoded.encoding?.rawValue ?? "each layer by itself"
    var rows = [
      ["dense", bytes(encoded.dense), "weights at their widths, with scales and zero points"],
      ["sparse", bytes(encoded.sparse), best],
    ]
    rows += SparseEncoding.allCases.filter { $0 != .dense }.map { encoding in
      ["  " + encoding.rawValue, bytes(encoded.bytes[encoding]), ""]
    }
    rows += [
      [
        "Huffman", encoded.huffman.map { bytes($0) } ?? "-",
        encoded.huffman == nil ? "for quantized weights only" : "as in Deep Compression, tables included",
      ],
      ["file", bytes(sizes.file), "ONNX, as it is written"],
      ["  deflate", bytes(sizes.deflate), "level 6"],
      ["  zstd", bytes(sizes.zstd), "level 3"],
    ]
    return Table(rows: rows, alignments: [.left, .right, .left]).description
  }

  /// The sizes of each layer.
  static func layers(_ sizes: EncodedSizes) -> String {
    let head = ["layer", "dense", "bitmap", "relative", "CSR", "Huffman", "best"]
    let rows = sizes.layers.map { layer in
      [layer.name] + SparseEncoding.allCases.map { bytes(layer.bytes[$0]) }
        + [layer.huffman.map { bytes($0) } ?? "-", layer.encoding.rawValue]
    }
    let numbers = [Table.Alignment](repeating: .right, count: 5)
    return Table(rows: [head] + rows, alignments: [.left] + numbers + [.left]).description
  }

  /// `huffman` is null where no weight is quantized; `sparse_encoding` is `mixed` where layers differ.
  static func json(_ sizes: Sizes) -> JSON {
    .object([
      ("dense", .integer(sizes.encoded.dense)), ("sparse", .integer(sizes.encoded.sparse)),
      ("sparse_encoding", .text(sizes.encoded.encoding?.rawValue ?? "mixed")),
      ("huffman", .integer(sizes.encoded.huffman)), ("file", .integer(sizes.file)),
      ("file_deflate", .integer(sizes.deflate)), ("file_zstd", .integer(sizes.zstd)),
    ])
  }

  private static func bytes(_ count: Int?) -> String { Numbers.grouped(count) }
}
