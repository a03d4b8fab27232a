import Tensor

/// Which version of the file format a version of the operator set came with.
enum IRVersion {
  /// By ONNX's table of releases (docs/Versioning.md): the first operator set of each version.
  private static let firstOpset = [
    (14, 28), (13, 25), (12, 24), (11, 23), (10, 21), (9, 19), (8, 15), (7, 12), (6, 11), (5, 10),
  ]

  /// At least 4, since when an initializer need not be an input as well; 10 for 4-bit elements, 9 for 8-bit floats.
  static func of(opset: Int, types: some Sequence<DType>) -> Int {
    let version = firstOpset.first { opset >= $0.1 }?.0 ?? 4
    return types.reduce(version) { max($0, $1.bits == 4 ? 10 : $1.float8 != nil ? 9 : 0) }
  }
}
