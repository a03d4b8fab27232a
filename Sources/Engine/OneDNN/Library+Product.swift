import COneDNN

extension Library {
  /// A row-major matrix, `stride` elements from one row to the next, as it is stored.
  struct Matrix {
    let elements: UnsafePointer<Float>
    let stride: Int
    /// Whether its transpose is meant.
    var isTransposed = false
  }

  /// `target = factor · left · right`, or that added: `[m, k]` times `[k, n]`.
  ///
  /// - Throws: `EngineError.library`.
  static func multiply(
    _ left: Matrix, _ right: Matrix, m: Int, n: Int, k: Int, factor: Float = 1, isAdding: Bool,
    to target: UnsafeMutablePointer<Float>, stride: Int, node: String
  ) throws(EngineError) {
    // `N` and `T`.
    let (plain, transposed): (CChar, CChar) = (78, 84)
    try check(
      dnnl_sgemm(
        left.isTransposed ? transposed : plain, right.isTransposed ? transposed : plain, Int64(m), Int64(n),
        Int64(k), factor, left.elements, Int64(left.stride), right.elements, Int64(right.stride),
        isAdding ? 1 : 0, target, Int64(stride)),
      "matrix product", node: node)
  }
}
