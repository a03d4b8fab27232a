import COneDNN

/// A matrix in row-major order, `stride` elements from one row to the next.
struct MatrixRows {
  let elements: UnsafePointer<Float>
  let stride: Int
}

extension Library {
  /// `target += left · rightᵀ` on the threads in use: `left` has m rows of k elements, `right` n such rows.
  ///
  /// - Throws: `EngineError.library`.
  static func addProduct(
    _ left: MatrixRows, _ right: MatrixRows, m: Int, n: Int, k: Int,
    to target: UnsafeMutablePointer<Float>, stride: Int
  ) throws(EngineError) {
    // `N` and `T`.
    let (plain, transposed): (CChar, CChar) = (78, 84)
    try check(
      dnnl_sgemm(
        plain, transposed, Int64(m), Int64(n), Int64(k), 1, left.elements, Int64(left.stride), right.elements,
        Int64(right.stride), 1, target, Int64(stride)),
      "matrix product", node: "")
  }
}
